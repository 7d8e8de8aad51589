using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Analytics;

/// <summary>The one statement that counts; it stands behind those that write the messages.</summary>
internal static class AnalyticsStatements
{
    /// <summary>
    /// Counts facts under the domain, template and tags of their messages. A fact counts in the quarter of an hour in which it
    /// happened, however late it is recorded. Mail of test keys is not counted.
    /// </summary>
    // Messages that agree in all of this, as most of a batch do, are put together before names are looked up and tags taken apart.
    // Rows are taken in the order of their key, so that two writers never wait for each other crosswise.
    public static NpgsqlBatchCommand Count(List<AnalyticsFact> facts) => Batched.Command(
        """
        insert into analytics as a (organization_id, period, domain, template_id, provider, tag, metric, slot, count)
        select f.organization_id, f.period, coalesce(d.name, ''), coalesce(f.template_id, '00000000-0000-0000-0000-000000000000'),
               coalesce(p.provider, 'other'), t.tag, f.metric, pg_backend_pid() % 8, sum(f.count)
        from (
            select item.organization_id, m.domain_id, m.template_id, m.tags, item.domain, item.metric,
                   date_bin('15 minutes', coalesce(item.at, now()), timestamptz '2000-01-01 00:00:00+00') as period, count(*) as count
            from unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::timestamptz[])
                as item (organization_id, message_id, domain, metric, at)
            cross join lateral (
                select template_id, domain_id, tags from messages
                where organization_id = item.organization_id and id = item.message_id and mode = 'live' offset 0
            ) m
            group by 1, 2, 3, 4, 5, 6, 7
        ) f
        left join lateral (select name from domains where organization_id = f.organization_id and id = f.domain_id offset 0) d on true
        left join lateral (select provider from delivery_destinations where domain = f.domain offset 0) p on true
        cross join lateral (
            select '' as tag
            union all
            (select case when value = '' then key else key || ':' || value end from jsonb_each_text(f.tags) order by key limit 10)
        ) t
        group by 1, 2, 3, 4, 5, 6, 7
        order by 1, 2, 3, 4, 5, 6, 7
        on conflict (organization_id, period, domain, template_id, provider, tag, metric, slot) do update set count = a.count + excluded.count
        """,
        Batched.Uuids(facts, fact => fact.Organization.Value),
        Batched.Uuids(facts, fact => fact.Message.Value),
        Batched.Texts(facts, fact => fact.RecipientDomain),
        Batched.Array(facts, fact => fact.Metric, NpgsqlDbType.Smallint),
        Batched.Array(facts, fact => fact.At?.ToUniversalTime(), NpgsqlDbType.TimestampTz));
}
