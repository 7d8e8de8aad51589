using Mail.Core.Bounces;
using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Templates;
using Mail.Core.Tls;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>
/// The queue as workers see it: survey, claim, renew, record. It reads across organizations; every row it hands
/// out carries its own.
/// </summary>
public sealed class QueueStore([FromKeyedServices(MailCore.Database)] NpgsqlDataSource database)
{
    private static readonly string ClaimLanes = LaneStatements.Claim(LaneStatements.PickFromLanes);
    private static readonly string ClaimExpired = LaneStatements.Claim(LaneStatements.PickExpired);
    private static readonly string ClaimSuspect = LaneStatements.Claim(LaneStatements.PickSuspect);

    /// <summary>
    /// Makes ready what has waited long enough, and lists the lanes that have something ready. Returns false with the lanes
    /// when more is due than was made ready.
    /// </summary>
    public async Task<(IReadOnlyList<QueueLane> Lanes, bool IsAllPromoted)> SurveyAsync(
        SurveyPosition position, SurveyLimits limits, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var promote = new NpgsqlCommand(LaneStatements.Promote, connection).With(limits.Promotions);
        var promoted = await promote.ExecuteNonQueryAsync(cancellationToken);
        await using var survey = new NpgsqlCommand(LaneStatements.Survey, connection).With(
            position.Organizations, limits.Organizations,
            position.Lanes.Select(cursor => cursor.Key.Priority).ToArray(),
            position.Lanes.Select(cursor => cursor.Key.Organization).ToArray(),
            position.Lanes.Select(cursor => cursor.Value).ToArray(), limits.LanesPerOrganization);
        var lanes = new List<QueueLane>();
        await using (var reader = await survey.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                lanes.Add(new QueueLane(reader.GetInt16(0), new OrganizationId(reader.GetGuid(1)), reader.GetString(2)));
        }
        position.Advance(lanes, limits);
        return (lanes, promoted < limits.Promotions);
    }

    /// <summary>
    /// Leases ready items of the lanes, oldest first within each. A lease is <c>due_at</c> moved into the future: when it
    /// expires the item is ready again at the next survey, whoever makes it.
    /// </summary>
    public Task<List<DeliveryJob>> ClaimAsync(
        string worker, IReadOnlyCollection<LaneClaim> claims, TimeSpan lease, CancellationToken cancellationToken) =>
        ClaimAsync(ClaimLanes, worker, claims, lease, cancellationToken);

    /// <summary>Leases what has no time left in lanes that are not served: it is to end, although its destination is held.</summary>
    public Task<List<DeliveryJob>> ClaimExpiredAsync(
        string worker, IReadOnlyCollection<LaneClaim> claims, TimeSpan lease, CancellationToken cancellationToken) =>
        ClaimAsync(ClaimExpired, worker, claims, lease, cancellationToken);

    private async Task<List<DeliveryJob>> ClaimAsync(
        string sql, string worker, IReadOnlyCollection<LaneClaim> claims, TimeSpan lease, CancellationToken cancellationToken)
    {
        var jobs = await database.QueryAsync(sql, ReadJob, cancellationToken, worker, lease,
            claims.Select(claim => claim.Lane.Priority).ToArray(), claims.Select(claim => claim.Lane.Organization.Value).ToArray(),
            claims.Select(claim => claim.Lane.Name).ToArray(), claims.Select(claim => claim.Count).ToArray(),
            claims.Select(claim => claim.Behind).ToArray());
        return await ClaimSuppressionStatements.ApplyAsync(database, jobs, cancellationToken);
    }

    /// <summary>
    /// Leases one item that several workers did not survive. One at a time: whatever else is held when it strikes again
    /// must not come under suspicion with it.
    /// </summary>
    public async Task<List<DeliveryJob>> ClaimSuspectAsync(string worker, TimeSpan lease, CancellationToken cancellationToken) =>
        await ClaimSuppressionStatements.ApplyAsync(
            database, await database.QueryAsync(ClaimSuspect, ReadJob, cancellationToken, worker, lease), cancellationToken);

    /// <summary>Notes that the transaction of an item begins that must not be sent twice. False when the lease is lost.</summary>
    public async Task<bool> MarkStartedAsync(QueueLease lease, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "update delivery_queue set started = true where id = $1 and lease_token = $2 and leased_by is not null",
            cancellationToken, lease.Item.Value, lease.Token) == 1;

    /// <summary>Keeps leases alive while their deliveries run. Returns those that are still held.</summary>
    public async Task<HashSet<QueueLease>> RenewAsync(
        IReadOnlyCollection<QueueLease> leases, TimeSpan lease, CancellationToken cancellationToken)
    {
        var held = await database.QueryAsync(
            """
            update delivery_queue q
            set due_at = now() + $3, ready = false, faults = case when q.ready then greatest(q.faults - 1, 0) else q.faults end
            from unnest($1::uuid[], $2::bigint[]) as item (id, token)
            where q.id = item.id and q.lease_token = item.token and q.leased_by is not null
            returning q.id, q.lease_token
            """,
            ReadLease, cancellationToken,
            leases.Select(held => held.Item.Value).ToArray(), leases.Select(held => held.Token).ToArray(), lease);
        return [.. held];
    }

    /// <summary>Gives items back unattempted: ready at once by a worker that stops, later and with the reason where they could not start.</summary>
    public Task ReleaseAsync(
        IReadOnlyCollection<QueueLease> leases, TimeSpan after, string? reason, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            update delivery_queue q
            set due_at = now() + $3, ready = $3 <= interval '0', leased_by = null, started = false, wait_reason = $4
            from unnest($1::uuid[], $2::bigint[]) as item (id, token)
            where q.id = item.id and q.lease_token = item.token and q.leased_by is not null
            """,
            cancellationToken, leases.Select(held => held.Item.Value).ToArray(), leases.Select(held => held.Token).ToArray(), after,
            reason);

    /// <summary>
    /// Writes what deliveries came to, in one transaction: attempts, recipients, message status, events, and the end
    /// or the next due time of the queue item. A record whose lease was lost changes nothing. Returns those written.
    /// </summary>
    public async Task<IReadOnlyList<DeliveryRecord>> RecordAsync(
        IReadOnlyList<DeliveryRecord> records, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var held = await SettleItemsAsync(connection, records, cancellationToken);
        var written = records.Where(record => held.Contains(record.Lease)).ToList();
        if (written.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var command in RecordStatements.For(written))
                batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            await BounceEffects.ApplyAsync(connection, written, cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return written;
    }

    // A deferred item keeps its token, so leased_by tells that a record repeated after a doubtful commit is already written.
    private static async Task<HashSet<QueueLease>> SettleItemsAsync(
        NpgsqlConnection connection, IReadOnlyList<DeliveryRecord> records, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with item as (
                select * from unnest($1::uuid[], $2::bigint[], $3::interval[], $4::boolean[], $5::boolean[])
                    as item (id, token, retry_in, is_fault, delayed)
            ), settled as (
                delete from delivery_queue q using item
                where q.id = item.id and q.lease_token = item.token and q.leased_by is not null and item.retry_in is null
                returning q.id, q.lease_token
            ), later as (
                update delivery_queue q
                set due_at = now() + item.retry_in, ready = false, leased_by = null, started = false, attempts = q.attempts + 1,
                    faults = case when item.is_fault then least(q.faults + 1, 1000)::smallint else 0 end,
                    delayed = q.delayed or item.delayed
                from item
                where q.id = item.id and q.lease_token = item.token and q.leased_by is not null and item.retry_in is not null
                returning q.id, q.lease_token
            )
            select id, lease_token from settled union all select id, lease_token from later
            """, connection);
        command.With(
            records.Select(record => record.Lease.Item.Value).ToArray(),
            records.Select(record => record.Lease.Token).ToArray(),
            records.Select(record => record.RetryIn).ToArray(),
            records.Select(record => record.IsFault).ToArray(),
            records.Select(record => record.IsDelayed).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var held = new HashSet<QueueLease>();
        while (await reader.ReadAsync(cancellationToken))
            held.Add(ReadLease(reader));
        return held;
    }

    private static QueueLease ReadLease(NpgsqlDataReader row) => new(new QueueItemId(row.GetGuid(0)), row.GetInt64(1));

    internal static DeliveryJob ReadJob(NpgsqlDataReader row) => new()
    {
        Lease = ReadLease(row),
        Organization = new OrganizationId(row.GetGuid(2)),
        Message = new MessageId(row.GetGuid(3)),
        Mode = SendingModeText.Parse(row.GetString(4)),
        Domain = row.GetString(5),
        Attempts = row.GetInt32(6),
        EnqueuedAt = row.GetFieldValue<DateTimeOffset>(7),
        Age = row.GetFieldValue<TimeSpan>(8),
        TimeLeft = row.GetFieldValue<TimeSpan>(9),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(10),
        TraceParent = row.GetStringOrNull(11),
        From = new StoredMailbox(row.GetStringOrNull(12), row.GetString(13)),
        Subject = row.GetString(14),
        Html = row.GetStringOrNull(15),
        Text = row.GetStringOrNull(16),
        ReplyTo = ContentJson.ReadMailboxes(row.GetStringOrNull(17)),
        Headers = ContentJson.ReadMap(row.GetStringOrNull(18)),
        Attachments = ContentJson.ReadAttachments(row.GetStringOrNull(19)),
        Recipients = ReadRecipients(row),
        SenderDomain = new DomainId(row.GetGuid(26)),
        Guarantee = MessageOptionTexts.ParseGuarantee(row.GetString(27)),
        Tracking = new Tracking(row.GetBoolean(28), row.GetBoolean(29)),
        Unsubscribe = row.GetBoolean(30),
        Template = row.GetValueOrNull<Guid>(31) is { } template ? new TemplateId(template) : null,
        Tags = ContentJson.ReadMap(row.GetStringOrNull(32)),
        Priority = row.GetInt16(33),
        Faults = row.GetInt16(34),
        HasStarted = row.GetBoolean(35),
        IsDelayed = row.GetBoolean(36),
        OnlyRecipient = row.GetValueOrNull<short>(37),
        Tls = row.GetStringOrNull(38) is { } tls ? TlsRequirementText.Parse(tls) : TlsRequirement.Opportunistic,
    };

    private static JobRecipient[] ReadRecipients(NpgsqlDataReader row)
    {
        var ordinals = row.GetFieldValue<short[]>(20);
        var kinds = row.GetFieldValue<string[]>(21);
        var addresses = row.GetFieldValue<string[]>(22);
        var names = row.GetFieldValue<string?[]>(23);
        var domains = row.GetFieldValue<string[]>(24);
        var settled = row.GetFieldValue<bool[]>(25);
        return [.. ordinals.Select((ordinal, i) => new JobRecipient(
            ordinal, RecipientKindText.Parse(kinds[i]), addresses[i], names[i], domains[i], settled[i]))];
    }
}
