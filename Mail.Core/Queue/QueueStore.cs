using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Templates;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>
/// The queue as workers see it: claim what is due, renew, record. It reads across organizations; every row it hands
/// out carries its own.
/// </summary>
public sealed class QueueStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>
    /// Leases up to <paramref name="count"/> due items, oldest due first. A lease is <c>due_at</c> moved into the
    /// future: when it expires the item is due again, without anybody's help.
    /// </summary>
    public Task<List<DeliveryJob>> ClaimDueAsync(string worker, int count, TimeSpan lease, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            with due as (
                select id from delivery_queue where due_at <= now() order by due_at limit $1 for update skip locked
            ), claimed as (
                update delivery_queue q set due_at = now() + $3, leased_by = $2, lease_token = q.lease_token + 1
                from due where q.id = due.id
                returning q.id, q.lease_token, q.organization_id, q.message_id, q.mode, q.domain, q.attempts, q.enqueued_at, q.give_up_at
            )
            select c.id, c.lease_token, c.organization_id, c.message_id, c.mode, c.domain, c.attempts, c.enqueued_at,
                   now() - c.enqueued_at, c.give_up_at - now(),
                   m.created_at, m.traceparent, m.from_name, m.from_address, m.subject,
                   k.html, k.text, k.reply_to, k.headers, k.attachments,
                   r.ordinals, r.kinds, r.addresses, r.names, r.domains, r.settled,
                   m.domain_id, m.delivery_guarantee, m.track_opens, m.track_clicks, m.unsubscribe, m.template_id, m.tags
            from claimed c
            cross join lateral (
                select * from messages where organization_id = c.organization_id and id = c.message_id offset 0
            ) m
            cross join lateral (
                select * from message_contents where organization_id = c.organization_id and message_id = c.message_id offset 0
            ) k
            cross join lateral (
                select array_agg(ordinal order by ordinal) ordinals, array_agg(kind order by ordinal) kinds,
                       array_agg(address order by ordinal) addresses, array_agg(name order by ordinal) as names,
                       array_agg(domain order by ordinal) domains, array_agg(settled_at is not null order by ordinal) settled
                from message_recipients where message_id = c.message_id and organization_id = c.organization_id
            ) r
            """,
            ReadJob, cancellationToken, count, worker, lease);

    /// <summary>Keeps leases alive while their deliveries run. Returns the items that are still held.</summary>
    public async Task<HashSet<QueueItemId>> RenewAsync(
        IReadOnlyCollection<QueueLease> leases, TimeSpan lease, CancellationToken cancellationToken)
    {
        var held = await database.QueryAsync(
            """
            update delivery_queue q set due_at = now() + $3
            from unnest($1::uuid[], $2::bigint[]) as item (id, token)
            where q.id = item.id and q.lease_token = item.token and q.leased_by is not null
            returning q.id
            """,
            row => new QueueItemId(row.GetGuid(0)), cancellationToken,
            leases.Select(held => held.Item.Value).ToArray(), leases.Select(held => held.Token).ToArray(), lease);
        return [.. held];
    }

    /// <summary>Gives items back unattempted: due at once by a worker that stops, later where they could not start.</summary>
    public Task ReleaseAsync(IReadOnlyCollection<QueueLease> leases, TimeSpan after, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            update delivery_queue q set due_at = now() + $3, leased_by = null
            from unnest($1::uuid[], $2::bigint[]) as item (id, token)
            where q.id = item.id and q.lease_token = item.token and q.leased_by is not null
            """,
            cancellationToken, leases.Select(held => held.Item.Value).ToArray(), leases.Select(held => held.Token).ToArray(), after);

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
        var written = records.Where(record => held.Contains(record.Lease.Item.Value)).ToList();
        if (written.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var command in RecordStatements.For(written, clock))
                batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return written;
    }

    // A deferred item keeps its token, so leased_by tells that a record repeated after a doubtful commit is already written.
    private static async Task<HashSet<Guid>> SettleItemsAsync(
        NpgsqlConnection connection, IReadOnlyList<DeliveryRecord> records, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with item as (
                select * from unnest($1::uuid[], $2::bigint[], $3::interval[]) as item (id, token, retry_in)
            ), settled as (
                delete from delivery_queue q using item
                where q.id = item.id and q.lease_token = item.token and q.leased_by is not null and item.retry_in is null
                returning q.id
            ), later as (
                update delivery_queue q set due_at = now() + item.retry_in, leased_by = null, attempts = q.attempts + 1
                from item
                where q.id = item.id and q.lease_token = item.token and q.leased_by is not null and item.retry_in is not null
                returning q.id
            )
            select id from settled union all select id from later
            """, connection);
        command.With(
            records.Select(record => record.Lease.Item.Value).ToArray(),
            records.Select(record => record.Lease.Token).ToArray(),
            records.Select(record => record.RetryIn).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var held = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            held.Add(reader.GetGuid(0));
        return held;
    }

    private static DeliveryJob ReadJob(NpgsqlDataReader row) => new()
    {
        Lease = new QueueLease(new QueueItemId(row.GetGuid(0)), row.GetInt64(1)),
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
