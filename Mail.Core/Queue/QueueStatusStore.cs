using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>The queue as the operator sees it. Reads across organizations.</summary>
public sealed class QueueStatusStore(NpgsqlDataSource database)
{
    // Enough to see whether anything is stuck, and no more than that: a probe must cost little however long the queue is.
    private const int MaxLanes = 1000;

    /// <summary>
    /// How much waits for whom, the largest first. Reads the whole queue: for people who ask, not for probes.
    /// </summary>
    public Task<List<QueueCount>> CountAsync(int groups, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select q.state, q.organization_id, o.name, q.domain, q.items, q.oldest
            from (
                select state, organization_id, domain, count(*) as items, now() - min(enqueued_at) as oldest
                from (
                    select organization_id, domain, enqueued_at,
                           case when leased_by is not null and due_at > now() then 'sending'
                                when attempts > 0 then 'deferred'
                                when due_at > now() then 'waiting'
                                else 'queued' end as state
                    from delivery_queue
                ) item
                group by state, organization_id, domain
                order by items desc, organization_id, domain, state
                limit $1
            ) q
            join organizations o on o.id = q.organization_id
            order by q.items desc, o.name, q.domain, q.state
            """,
            row => new QueueCount(row.GetString(0), new OrganizationId(row.GetGuid(1)), row.GetString(2), row.GetString(3), row.GetInt64(4),
                row.GetFieldValue<TimeSpan>(5)),
            cancellationToken, groups);

    /// <summary>How many items there are: counted up to 100,000, beyond that as the database estimates.</summary>
    public async Task<long> DepthAsync(CancellationToken cancellationToken)
    {
        var depths = await database.QueryAsync(
            """
            select case when counted.items > 100000 then greatest(counted.items, c.reltuples::bigint) else counted.items end
            from (select count(*) as items from (select from delivery_queue limit 100001) item) counted, pg_class c
            where c.oid = 'delivery_queue'::regclass
            """,
            row => row.GetInt64(0), cancellationToken);
        return depths[0];
    }

    /// <summary>
    /// How long the oldest item has been due that no worker has taken; null when nothing is due. Looks at the head of each
    /// lane, jumping from one to the next in the index.
    /// </summary>
    public async Task<TimeSpan?> OldestDueAsync(CancellationToken cancellationToken)
    {
        var ages = await database.QueryAsync(
            """
            with recursive heads as (
                (select priority, organization_id, lane, due_at from delivery_queue
                 where ready and faults < 2 order by priority, organization_id, lane, id limit 1)
                union all
                select next.* from heads h cross join lateral (
                    select q.priority, q.organization_id, q.lane, q.due_at from delivery_queue q
                    where q.ready and q.faults < 2 and (q.priority, q.organization_id, q.lane) > (h.priority, h.organization_id, h.lane)
                    order by q.priority, q.organization_id, q.lane, q.id limit 1
                ) next
            )
            select now() - least(
                (select min(due_at) from (select due_at from heads limit $1) head),
                (select min(due_at) from delivery_queue where not ready),
                (select due_at from delivery_queue where ready and faults >= 2 order by id limit 1))
            """,
            row => row.GetValueOrNull<TimeSpan>(0), cancellationToken, MaxLanes);
        return ages[0] is { } age && age > TimeSpan.Zero ? age : null;
    }
}

/// <param name="State"><c>queued</c>, <c>waiting</c> (not due yet), <c>sending</c>, <c>deferred</c> (was attempted).</param>
/// <param name="Oldest">Time since the oldest of them was accepted.</param>
public sealed record QueueCount(string State, OrganizationId Organization, string OrganizationName, string Domain, long Items, TimeSpan Oldest);
