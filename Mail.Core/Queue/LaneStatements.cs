namespace Mail.Core.Queue;

/// <summary>The statements that find and claim ready items. Their plans are index probes, whatever the table holds (docs/adr/0010).</summary>
internal static class LaneStatements
{
    /// <summary>$1: the most rows. What has waited long enough is ready; a lease that expired is a fault.</summary>
    // leased_by stays: as long as nobody else claims the item, the outcome of a worker that was merely slow still counts.
    public const string Promote =
        """
        with due as (
            select id from delivery_queue where not ready and due_at <= now() order by due_at limit $1 for update skip locked
        )
        update delivery_queue q
        set ready = true, faults = least(q.faults + (q.leased_by is not null)::int, 1000)::smallint, wait_reason = null
        from due where q.id = due.id
        """;

    /// <summary>
    /// $1: per priority, the organization behind which to start; $2: the most organizations; $3, $4, $5: lanes behind
    /// which to start, by priority and organization; $6: the most lanes. A jump from one lane to the next is one probe.
    /// </summary>
    public const string Survey =
        """
        select p.priority, o.organization_id, l.lane
        from unnest(array[0, 1, 2]::smallint[], $1::uuid[]) as p (priority, behind)
        cross join lateral (
            with recursive step (organization_id, n) as (
                (select q.organization_id, 1 from delivery_queue q
                 where q.ready and q.faults < 2 and q.priority = p.priority and q.organization_id > p.behind
                 order by q.organization_id limit 1)
                union all
                select (select q.organization_id from delivery_queue q
                        where q.ready and q.faults < 2 and q.priority = p.priority and q.organization_id > step.organization_id
                        order by q.organization_id limit 1), n + 1
                from step where step.organization_id is not null and n < $2
            )
            select organization_id from step where organization_id is not null
        ) o
        left join unnest($3::smallint[], $4::uuid[], $5::text[]) as c (priority, organization_id, behind)
            on c.priority = p.priority and c.organization_id = o.organization_id
        cross join lateral (
            with recursive step (lane, n) as (
                (select q.lane, 1 from delivery_queue q
                 where q.ready and q.faults < 2 and q.priority = p.priority and q.organization_id = o.organization_id
                   and q.lane > coalesce(c.behind, '') collate "C"
                 order by q.lane limit 1)
                union all
                select (select q.lane from delivery_queue q
                        where q.ready and q.faults < 2 and q.priority = p.priority and q.organization_id = o.organization_id
                          and q.lane > step.lane
                        order by q.lane limit 1), n + 1
                from step where step.lane is not null and n < $6
            )
            select lane from step where lane is not null
        ) l
        """;

    /// <summary>$3 to $7: priority, organization, name, count of each lane, and the id behind which to start.</summary>
    public const string PickFromLanes =
        """
        select q.id
        from unnest($3::smallint[], $4::uuid[], $5::text[], $6::integer[], $7::uuid[]) as want (priority, organization_id, lane, count, behind)
        cross join lateral (
            select id from delivery_queue q
            where q.ready and q.faults < 2 and q.priority = want.priority and q.organization_id = want.organization_id
              and q.lane = want.lane collate "C" and q.id > want.behind and q.due_at <= now()
            order by q.id limit want.count for update skip locked
        ) q
        """;

    /// <summary>As <see cref="PickFromLanes"/>, but only what has no time left: of lanes that are not served this reads every row.</summary>
    public const string PickExpired =
        """
        select q.id
        from unnest($3::smallint[], $4::uuid[], $5::text[], $6::integer[], $7::uuid[]) as want (priority, organization_id, lane, count, behind)
        cross join lateral (
            select id from delivery_queue q
            where q.ready and q.faults < 2 and q.priority = want.priority and q.organization_id = want.organization_id
              and q.lane = want.lane collate "C" and q.give_up_at <= now()
            order by q.id limit want.count for update skip locked
        ) q
        """;

    /// <summary>One of those that two workers did not survive.</summary>
    public const string PickSuspect =
        """
        select id from delivery_queue where ready and faults >= 2 and due_at <= now() order by id limit 1 for update skip locked
        """;

    /// <summary>Leases what was picked and reads all that is needed to deliver it. $1: worker, $2: lease.</summary>
    public static string Claim(string pick) =>
        $"""
        with picked as (
            {pick}
        ), claimed as (
            update delivery_queue q
            set due_at = now() + $2, ready = false, leased_by = $1, lease_token = q.lease_token + 1, wait_reason = null
            from picked where q.id = picked.id
            returning q.id, q.lease_token, q.organization_id, q.message_id, q.mode, q.domain, q.attempts, q.enqueued_at, q.give_up_at,
                      q.priority, q.faults, q.started, q.delayed, q.recipient
        )
        select c.id, c.lease_token, c.organization_id, c.message_id, c.mode, c.domain, c.attempts, c.enqueued_at,
               now() - c.enqueued_at, c.give_up_at - now(),
               m.created_at, m.traceparent, m.from_name, m.from_address, m.subject,
               k.html, k.text, k.reply_to, k.headers, k.attachments,
               r.ordinals, r.kinds, r.addresses, r.names, r.domains, r.settled,
               m.domain_id, m.delivery_guarantee, m.track_opens, m.track_clicks, m.unsubscribe, m.template_id, m.tags,
               c.priority, c.faults, c.started, c.delayed, c.recipient, m.tls
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
        """;
}
