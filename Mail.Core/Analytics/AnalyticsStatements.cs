using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Analytics;

/// <summary>The statements that count; they stand behind those that write the messages.</summary>
/// <remarks>
/// Facts count under the domain, template and tags of their messages, in the quarter of an hour in which they happened, however
/// late they are recorded. Mail of test keys is not counted.
/// </remarks>
internal static class AnalyticsStatements
{
    private const string PeriodOfItem = "date_bin('15 minutes', coalesce(item.at, now()), timestamptz '2000-01-01 00:00:00+00')";
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(15);

    public static NpgsqlBatchCommand Count(List<AnalyticsFact> facts) => Batched.Command(
        Count(
            $"""
            select item.organization_id, m.domain_id, m.template_id, m.tags, item.domain, item.metric,
                   {PeriodOfItem} as period, count(*) as count
            from unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::timestamptz[])
                as item (organization_id, message_id, domain, metric, at)
            cross join lateral (
                select template_id, domain_id, tags from messages
                where organization_id = item.organization_id and id = item.message_id and mode = 'live' offset 0
            ) m
            group by 1, 2, 3, 4, 5, 6, 7
            """),
        Batched.Uuids(facts, fact => fact.Organization.Value),
        Batched.Uuids(facts, fact => fact.Message.Value),
        Batched.Texts(facts, fact => fact.RecipientDomain),
        Batched.Array(facts, fact => (short)fact.Metric, NpgsqlDbType.Smallint),
        Batched.Array(facts, fact => fact.At?.ToUniversalTime(), NpgsqlDbType.TimestampTz));

    // Most of a batch agrees in all of it.
    public static NpgsqlBatchCommand Count(IEnumerable<KnownFact> facts)
    {
        var groups = facts.GroupBy(fact => fact with { At = PeriodOf(fact.At) }).Select(group => (Fact: group.Key, Count: (long)group.Count())).ToList();
        return Batched.Command(
            Count(
                $"""
                select organization_id, domain_id, template_id, tags::jsonb as tags, domain, metric,
                       {PeriodOfItem} as period, count
                from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::smallint[], $7::timestamptz[], $8::bigint[])
                    as item (organization_id, domain_id, template_id, tags, domain, metric, at, count)
                """),
            Batched.Uuids(groups, group => group.Fact.Organization.Value),
            Batched.Uuids(groups, group => group.Fact.SenderDomain.Value),
            Batched.Array(groups, group => group.Fact.Template?.Value, NpgsqlDbType.Uuid),
            Batched.Texts(groups, group => group.Fact.Tags),
            Batched.Texts(groups, group => group.Fact.RecipientDomain),
            Batched.Array(groups, group => group.Fact.Metric, NpgsqlDbType.Smallint),
            Batched.Array(groups, group => group.Fact.At, NpgsqlDbType.TimestampTz),
            Batched.Array(groups, group => group.Count, NpgsqlDbType.Bigint));
    }

    // Messages that agree in all of this are put together before names are looked up and tags taken apart.
    // Rows are taken in the order of their key, so that two writers never wait for each other crosswise.
    private static string Count(string facts) =>
        $"""
        insert into analytics as a (organization_id, period, domain, template_id, provider, tag, metric, slot, count)
        select f.organization_id, f.period, coalesce(d.name, ''), coalesce(f.template_id, '00000000-0000-0000-0000-000000000000'),
               coalesce(p.provider, 'other'), t.tag, f.metric, pg_backend_pid() % 8, sum(f.count)
        from (
            {facts}
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
        """;

    private static DateTimeOffset? PeriodOf(DateTimeOffset? at) =>
        at is { } time ? new DateTimeOffset(time.UtcTicks - (time.UtcTicks % Period.Ticks), TimeSpan.Zero) : null;
}
