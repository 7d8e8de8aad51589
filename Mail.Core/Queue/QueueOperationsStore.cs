using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>What operators do with waiting items. It reads and writes across organizations; nothing a tenant calls uses it.</summary>
public sealed class QueueOperationsStore(NpgsqlDataSource database, HoldStore holds)
{
    // Not what a worker holds under a live lease: that is under way.
    private const string Matches =
        """
        (q.leased_by is null or q.due_at <= now())
        and ($1::uuid is null or q.organization_id = $1) and ($2::text is null or q.domain = $2)
        and ($3::text is null or q.domain in (select d.domain from delivery_destinations d where d.destination = $3))
        and ($4::uuid is null or q.message_id = $4)
        """;

    /// <summary>What waits for which destination, the largest first. Reads the whole queue: for people who ask, not for probes.</summary>
    public async Task<List<DestinationQueue>> ByDestinationAsync(int count, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            """
            select coalesce(d.destination, q.domain), max(d.provider), sum(q.items)::bigint, sum(q.ready)::bigint, sum(q.waiting)::bigint,
                   sum(q.sending)::bigint, now() - min(q.oldest), min(q.next)
            from (
                select domain, count(*) items, count(*) filter (where ready) ready,
                       count(*) filter (where not ready and (leased_by is null or due_at <= now())) waiting,
                       count(*) filter (where leased_by is not null and due_at > now()) sending, min(enqueued_at) oldest,
                       min(due_at) filter (where not ready and leased_by is null) as next
                from delivery_queue where mode = 'live' group by domain
            ) q
            left join delivery_destinations d on d.domain = q.domain
            group by 1 order by 3 desc, 1 limit $1
            """,
            row => new DestinationQueue(
                row.GetString(0), row.GetStringOrNull(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
                row.GetFieldValue<TimeSpan>(6), row.GetValueOrNull<DateTimeOffset>(7)),
            cancellationToken, count);

    /// <summary>What workers say of destinations at the moment.</summary>
    public Task<List<(string Worker, DestinationState State)>> StatesAsync(string? destination, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select worker, destination, provider, in_progress, waiting, speed, reason, until from delivery_destination_states
            where seen_at > now() - interval '1 minute' and ($1::text is null or destination = $1 or starts_with(destination, $1 || ' from '))
            order by destination, worker
            """,
            row => (row.GetString(0), new DestinationState(row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4),
                row.GetFloat(5), row.GetStringOrNull(6), row.GetValueOrNull<DateTimeOffset>(7))),
            cancellationToken, destination);

    /// <summary>Where a domain was last found to lead; null when no mail for it was seen in a month.</summary>
    public async Task<KnownDestination?> DestinationOfAsync(string domain, CancellationToken cancellationToken)
    {
        var known = await database.QueryAsync(
            "select domain, destination, provider from delivery_destinations where domain = $1",
            row => new KnownDestination(row.GetString(0), row.GetString(1), row.GetString(2)), cancellationToken, domain);
        return known.Count == 0 ? null : known[0];
    }

    /// <summary>The items of a message that still wait, each with why and until when.</summary>
    public async Task<List<QueueItemDetails>> OfMessageAsync(MessageId message, CancellationToken cancellationToken)
    {
        var items = await ItemsAsync(message, cancellationToken);
        return items.Count == 0 ? items : items.ConvertAll(new WaitReasons(await holds.ListAsync(cancellationToken)).Explain);
    }

    private Task<List<QueueItemDetails>> ItemsAsync(MessageId message, CancellationToken cancellationToken) => database.QueryAsync(
        """
        select q.id, q.organization_id, q.message_id, q.domain, q.priority,
               case when q.leased_by is not null and q.due_at > now() then 'sending' when q.ready then 'ready' else 'waiting' end,
               q.attempts, q.faults, q.enqueued_at, q.due_at, q.give_up_at, q.leased_by,
               coalesce(q.wait_reason, (
                   select coalesce(r.smtp_code || ' ', '') || r.reply from message_recipients r
                   where r.message_id = q.message_id and r.organization_id = q.organization_id and r.domain = q.domain
                     and r.settled_at is null and r.reply is not null order by r.ordinal limit 1)),
               (select d.destination from delivery_destinations d where d.domain = q.domain)
        from delivery_queue q where q.message_id = $1 order by q.id
        """,
        row => new QueueItemDetails(
            new QueueItemId(row.GetGuid(0)), new OrganizationId(row.GetGuid(1)), new MessageId(row.GetGuid(2)), row.GetString(3),
            row.GetInt16(4), row.GetString(5), row.GetInt32(6), row.GetInt16(7), row.GetFieldValue<DateTimeOffset>(8),
            row.GetFieldValue<DateTimeOffset>(9), row.GetFieldValue<DateTimeOffset>(10), row.GetStringOrNull(11), row.GetStringOrNull(12))
        {
            Destination = row.GetStringOrNull(13),
        },
        cancellationToken, message.Value);

    /// <summary>Whose message it is; null when there is none.</summary>
    public async Task<OrganizationId?> OwnerOfAsync(MessageId message, CancellationToken cancellationToken)
    {
        var owners = await database.QueryAsync(
            "select organization_id from message_recipients where message_id = $1 limit 1",
            row => new OrganizationId(row.GetGuid(0)), cancellationToken, message.Value);
        return owners.Count == 0 ? null : owners[0];
    }

    /// <summary>Makes up to so many waiting items ready at once. Returns how many.</summary>
    public Task<int> RequeueAsync(QueueFilter filter, int count, CancellationToken cancellationToken) => database.ExecuteAsync(
        $"""
        update delivery_queue set ready = true, due_at = now(), faults = 0, wait_reason = null
        where id in (select q.id from delivery_queue q where (not q.ready or q.faults > 0) and {Matches} limit $5 for update skip locked)
        """,
        cancellationToken, filter.Organization?.Value, filter.Domain, filter.Destination, filter.Message?.Value, count);

    /// <summary>Leases up to so many waiting items, to end them.</summary>
    internal Task<List<DeliveryJob>> ClaimAsync(
        string holder, QueueFilter filter, int count, TimeSpan lease, CancellationToken cancellationToken) => database.QueryAsync(
        LaneStatements.Claim(
            """
            select q.id from delivery_queue q
            where (q.leased_by is null or q.due_at <= now())
              and ($3::uuid is null or q.organization_id = $3) and ($4::text is null or q.domain = $4)
              and ($5::text is null or q.domain in (select d.domain from delivery_destinations d where d.destination = $5))
              and ($6::uuid is null or q.message_id = $6)
            limit $7 for update skip locked
            """),
        QueueStore.ReadJob, cancellationToken, holder, lease, filter.Organization?.Value, filter.Domain, filter.Destination,
        filter.Message?.Value, count);
}
