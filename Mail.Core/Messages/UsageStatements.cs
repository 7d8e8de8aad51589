using Mail.Core.Domains;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Messages;

/// <summary>Counts accepted recipients in the transaction that accepts them: for billing by month, for limits by hour.</summary>
internal static class UsageStatements
{
    // Rows are taken in one order, so that two transactions with the same slot never wait for each other in a circle.
    public static IEnumerable<NpgsqlBatchCommand> For(List<PendingAccept> messages)
    {
        var counts = Counts(messages);
        return counts.Count == 0 ? [] : [Months(counts), Hours(counts)];
    }

    private static List<Count> Counts(List<PendingAccept> messages)
    {
        var counts = new Dictionary<(OrganizationId, DomainId), Count>();
        foreach (var pending in messages)
        {
            if (pending.Counted == 0)
                continue;
            var key = (pending.Caller.Organization, pending.Domain);
            counts[key] = counts.TryGetValue(key, out var count)
                ? count with { Accepted = count.Accepted + pending.Counted }
                : new Count(pending.Caller.Organization, pending.Domain, pending.Counted);
        }
        return [.. counts.Values];
    }

    private static NpgsqlBatchCommand Months(List<Count> counts) => Batched.Command(
        """
        insert into usage_counters as c (organization_id, period, slot, accepted)
        select organization_id, to_char(now() at time zone 'UTC', 'YYYY-MM'), pg_backend_pid() % 16, sum(accepted)
        from unnest($1::uuid[], $2::bigint[]) as item (organization_id, accepted)
        group by organization_id order by organization_id
        on conflict (organization_id, period, slot) do update set accepted = c.accepted + excluded.accepted
        """,
        Batched.Uuids(counts, count => count.Organization.Value),
        Batched.Array(counts, count => count.Accepted, NpgsqlDbType.Bigint));

    private static NpgsqlBatchCommand Hours(List<Count> counts) => Batched.Command(
        """
        insert into sending_hours as h (organization_id, hour, domain_id, slot, accepted)
        select organization_id, date_trunc('hour', now(), 'UTC'), domain_id, pg_backend_pid() % 16, accepted
        from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as item (organization_id, domain_id, accepted)
        order by organization_id, domain_id
        on conflict (organization_id, hour, domain_id, slot) do update set accepted = h.accepted + excluded.accepted
        """,
        Batched.Uuids(counts, count => count.Organization.Value),
        Batched.Uuids(counts, count => count.Domain.Value),
        Batched.Array(counts, count => count.Accepted, NpgsqlDbType.Bigint));

    private sealed record Count(OrganizationId Organization, DomainId Domain, long Accepted);
}
