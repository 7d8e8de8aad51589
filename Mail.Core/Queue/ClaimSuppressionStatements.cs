using Mail.Core.Analytics;
using Mail.Core.Events;
using Mail.Core.Persistence;
using Mail.Core.Suppressions;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>
/// Ends the recipients of claimed items whose address was suppressed after the message was accepted: what waits in the
/// queue, or is deferred, is not sent to them any more.
/// </summary>
internal static class ClaimSuppressionStatements
{
    /// <summary>The items with something left to deliver. One query for the claim; what else it takes is rare.</summary>
    public static async Task<List<DeliveryJob>> ApplyAsync(
        NpgsqlDataSource database, List<DeliveryJob> jobs, CancellationToken cancellationToken)
    {
        var open = jobs.SelectMany(job => job.Open.Select(recipient => new OpenRecipient(job, recipient))).ToList();
        if (open.Count == 0)
            return jobs;
        var suppressed = await FindAsync(database, open, cancellationToken);
        if (suppressed.Count == 0)
            return jobs;
        var hit = open.FindAll(item => suppressed.ContainsKey((item.Job.Organization.Value, item.Key)));
        await EndAsync(database, hit, suppressed, cancellationToken);
        var settled = hit.ToLookup(item => item.Job, item => item.Recipient.Ordinal);
        return [.. jobs.Select(job => settled[job].Any() ? Without(job, settled[job]) : job).Where(job => job.Open.Any())];
    }

    private static DeliveryJob Without(DeliveryJob job, IEnumerable<short> ordinals) => job with
    {
        Recipients = [.. job.Recipients.Select(recipient => ordinals.Contains(recipient.Ordinal) ? recipient with { IsSettled = true } : recipient)],
    };

    private static async Task<Dictionary<(Guid, string), string>> FindAsync(
        NpgsqlDataSource database, List<OpenRecipient> open, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            """
            select s.organization_id, s.address_key, s.reason
            from unnest($1::uuid[], $2::text[]) as item (organization_id, address_key)
            join suppressions s using (organization_id, address_key)
            where s.expires_at is null or s.expires_at > now()
            """,
            row => (Key: (row.GetGuid(0), row.GetString(1)), Reason: row.GetString(2)), cancellationToken,
            open.ConvertAll(item => item.Job.Organization.Value), open.ConvertAll(item => item.Key));
        return rows.DistinctBy(row => row.Key).ToDictionary(row => row.Key, row => row.Reason);
    }

    private static async Task EndAsync(
        NpgsqlDataSource database, List<OpenRecipient> hit, Dictionary<(Guid, string), string> reasons, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Lock(hit));
        batch.BatchCommands.Add(Recipients(hit));
        batch.BatchCommands.Add(Messages(hit));
        batch.BatchCommands.Add(Items(hit));
        batch.BatchCommands.Add(EventStatements.Append(hit.ConvertAll(item => SuppressionJson.EventOf(
            item.Job.Organization, item.Job.Message, item.Recipient.Address, reasons[(item.Job.Organization.Value, item.Key)]))));
        batch.BatchCommands.Add(AnalyticsStatements.Count(hit.ConvertAll(item => new AnalyticsFact(
            item.Job.Organization, item.Job.Message, item.Recipient.Domain, Metric.Suppressed))));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // As for records of attempts: the later of two that settle a message sees what the earlier has settled.
    private static NpgsqlBatchCommand Lock(List<OpenRecipient> hit) => Batched.Command(
        """
        select from messages m
        join (select distinct * from unnest($1::uuid[], $2::uuid[]) as item (organization_id, id)) item
            on m.organization_id = item.organization_id and m.id = item.id
        order by m.id for no key update of m
        """,
        Batched.Uuids(hit, item => item.Job.Organization.Value), Batched.Uuids(hit, item => item.Job.Message.Value));

    private static NpgsqlBatchCommand Recipients(List<OpenRecipient> hit) => Batched.Command(
        """
        update message_recipients r set status = 'suppressed', settled_at = now(), next_attempt_at = null
        from unnest($1::uuid[], $2::uuid[], $3::smallint[]) as item (organization_id, message_id, ordinal)
        where r.message_id = item.message_id and r.organization_id = item.organization_id and r.ordinal = item.ordinal
          and r.settled_at is null
        """,
        Batched.Uuids(hit, item => item.Job.Organization.Value),
        Batched.Uuids(hit, item => item.Job.Message.Value),
        Batched.Array(hit, item => item.Recipient.Ordinal, NpgsqlTypes.NpgsqlDbType.Smallint));

    private static NpgsqlBatchCommand Messages(List<OpenRecipient> hit) => Batched.Command(
        """
        update messages m
        set status = item.status, settled_at = case when item.status not in ('scheduled', 'queued', 'deferred') then now() end
        from (
            select distinct organization_id, id, message_status(organization_id, id) as status
            from unnest($1::uuid[], $2::uuid[]) as hit (organization_id, id)
            offset 0
        ) item
        where m.organization_id = item.organization_id and m.id = item.id
        """,
        Batched.Uuids(hit, item => item.Job.Organization.Value), Batched.Uuids(hit, item => item.Job.Message.Value));

    // The lease is a moment old; should it be lost all the same, whoever has it finds nothing open.
    private static NpgsqlBatchCommand Items(List<OpenRecipient> hit)
    {
        var done = hit.GroupBy(item => item.Job).Where(group => group.Count() == group.Key.Open.Count()).Select(group => group.Key.Lease).ToList();
        return Batched.Command(
            """
            delete from delivery_queue q using unnest($1::uuid[], $2::bigint[]) as item (id, token)
            where q.id = item.id and q.lease_token = item.token
            """,
            Batched.Uuids(done, lease => lease.Item.Value), Batched.Array(done, lease => lease.Token, NpgsqlTypes.NpgsqlDbType.Bigint));
    }

    private sealed record OpenRecipient(DeliveryJob Job, JobRecipient Recipient)
    {
        public string Key { get; } = AddressKey.OfStored(Recipient.Address);
    }
}
