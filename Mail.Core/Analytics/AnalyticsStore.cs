using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Analytics;

public sealed class AnalyticsStore(NpgsqlDataSource database)
{
    public async Task<AnalyticsResult> ReadAsync(OrganizationId organization, AnalyticsQuery query, CancellationToken cancellationToken)
    {
        var interval = query.Interval.ToString().ToLowerInvariant();
        var periods = await database.QueryAsync(
            """
            select generate_series(date_trunc($1, $2, $4), $3 - interval '1 microsecond', ('1 ' || $1)::interval, $4)
            """,
            row => row.GetFieldValue<DateTimeOffset>(0), cancellationToken, interval, query.From, query.To, query.TimeZone);
        var cells = new Dictionary<(string?, DateTimeOffset), AnalyticsCounts>();
        var rows = await database.QueryBoundedAsync(
            $"""
            select {GroupOf(query.GroupBy)}, date_trunc($2, period, $5), metric, sum(count)::bigint
            from analytics
            where organization_id = $1 and period >= $3 and period < $4
              and ($6::text is null or domain = $6) and ($7::uuid is null or template_id = $7) and {TagOf(query)}
            group by 1, 2, 3
            """,
            row => (Group: row.GetStringOrNull(0), Period: row.GetFieldValue<DateTimeOffset>(1), Metric: row.GetInt16(2), Count: row.GetInt64(3)),
            cancellationToken, organization.Value, interval, query.From, query.To, query.TimeZone, query.Domain, query.Template?.Value, query.Tag);
        foreach (var (group, period, metric, count) in rows)
        {
            if (!cells.TryGetValue((group, period), out var counts))
                cells[(group, period)] = counts = new AnalyticsCounts();
            counts.Add(metric, count);
        }
        return new AnalyticsResult(periods, cells);
    }

    private static string GroupOf(AnalyticsGroup? group) => group switch
    {
        null => "null::text",
        AnalyticsGroup.Domain => "domain",
        AnalyticsGroup.Provider => "provider",
        AnalyticsGroup.Tag => "tag",
        AnalyticsGroup.Template => "template_id::text",
        _ => throw new ArgumentOutOfRangeException(nameof(group)),
    };

    // The row without a tag counts everything once; those with one are a view of their own.
    private static string TagOf(AnalyticsQuery query) => query switch
    {
        { Tag: { } tag } when tag.Contains(':', StringComparison.Ordinal) => "tag = $8::text",
        { Tag: not null } => "(tag = $8::text or starts_with(tag, $8::text || ':'))",
        { GroupBy: AnalyticsGroup.Tag } => "tag <> '' and $8::text is null",
        _ => "tag = '' and $8::text is null",
    };
}
