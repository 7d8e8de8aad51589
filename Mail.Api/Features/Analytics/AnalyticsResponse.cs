using System.Text.Json.Serialization;
using Mail.Core.Analytics;
using Mail.Core.Ids;
using Mail.Core.Templates;

namespace Mail.Api.Features.Analytics;

/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Groups">With groupBy: the totals of each, the busiest first.</param>
/// <param name="Series">Without groupBy every period; with it those of each group in which something happened.</param>
public sealed record AnalyticsResponse(
    DateTimeOffset From, DateTimeOffset To, string Interval, string Timezone, string? GroupBy, AnalyticsTotals Totals,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AnalyticsGroupTotals>? Groups,
    IReadOnlyList<AnalyticsPoint> Series)
{
    /// <param name="whole">The same without groups.</param>
    internal static AnalyticsResponse Of(AnalyticsQuery query, AnalyticsResult result, AnalyticsResult whole)
    {
        var totals = AnalyticsTotals.Of(AnalyticsCounts.Sum(whole.Cells.Values));
        var groups = query.GroupBy is null ? null : AnalyticsRows.Groups(result)
            .Select(group => new AnalyticsGroupTotals(AnalyticsRows.NameOf(query, group.Name), AnalyticsTotals.Of(group.Counts))).ToList();
        return new AnalyticsResponse(
            query.From, query.To, query.Interval.ToString().ToLowerInvariant(), query.TimeZone, query.GroupBy?.ToString().ToLowerInvariant(),
            totals, groups, [.. AnalyticsRows.Series(query, result).Select(row => new AnalyticsPoint(row.Period, row.Group, AnalyticsTotals.Of(row.Counts)))]);
    }
}

public sealed record AnalyticsGroupTotals(string Group, AnalyticsTotals Totals);

/// <summary>The counts of one period.</summary>
/// <param name="Period">When it begins.</param>
public sealed record AnalyticsPoint(DateTimeOffset Period, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Group, [property: JsonIgnore] AnalyticsTotals Counts)
    : AnalyticsTotals(Counts);

/// <summary>Numbers of recipients. Delivered is what the next hop took; bounced is hard, soft and undetermined together.</summary>
public record AnalyticsTotals(
    long Accepted, long Sent, long Delivered, long Deferred, long Bounced, long HardBounced, long SoftBounced, long Complained, long Suppressed,
    long Failed, long Opened, long UniqueOpened, long Clicked, long UniqueClicked, long Unsubscribed, long? LatencyP50Ms, long? LatencyP95Ms)
{
    internal static AnalyticsTotals Of(AnalyticsCounts counts) => new(
        counts[Metric.Accepted], counts[Metric.Sent], counts[Metric.Sent], counts[Metric.Deferred],
        counts[Metric.HardBounced] + counts[Metric.SoftBounced] + counts[Metric.OtherBounced], counts[Metric.HardBounced], counts[Metric.SoftBounced],
        counts[Metric.Complained], counts[Metric.Suppressed], counts[Metric.Failed], counts[Metric.Opened], counts[Metric.UniqueOpened],
        counts[Metric.Clicked], counts[Metric.UniqueClicked], counts[Metric.Unsubscribed], counts.LatencyP50Ms, counts.LatencyP95Ms);
}

/// <summary>The rows of an answer, whatever it is written as.</summary>
internal static class AnalyticsRows
{
    public static IEnumerable<(string? Name, AnalyticsCounts Counts)> Groups(AnalyticsResult result) =>
        result.Cells.GroupBy(cell => cell.Key.Group, cell => cell.Value)
            .Select(group => (Name: group.Key, Counts: AnalyticsCounts.Sum(group)))
            .OrderByDescending(group => group.Counts.Activity).ThenBy(group => group.Name, StringComparer.Ordinal);

    public static IEnumerable<(DateTimeOffset Period, string? Group, AnalyticsCounts Counts)> Series(AnalyticsQuery query, AnalyticsResult result) =>
        query.GroupBy is null
            ? result.Periods.Select(period => (period, (string?)null, result.Cells.GetValueOrDefault((null, period)) ?? new AnalyticsCounts()))
            : result.Cells.OrderBy(cell => cell.Key.Period).ThenBy(cell => cell.Key.Group, StringComparer.Ordinal)
                .Select(cell => (cell.Key.Period, (string?)NameOf(query, cell.Key.Group), cell.Value));

    /// <summary>A template as its id; what has no template or domain is <c>none</c>.</summary>
    public static string NameOf(AnalyticsQuery query, string? group) => group switch
    {
        null or "" => "none",
        _ when query.GroupBy != AnalyticsGroup.Template => group,
        _ when Guid.Parse(group) is var id && id != Guid.Empty => PrefixedId.Format(new TemplateId(id)),
        _ => "none",
    };
}
