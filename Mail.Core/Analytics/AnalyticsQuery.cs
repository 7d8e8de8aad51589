using Mail.Core.Templates;

namespace Mail.Core.Analytics;

/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="TimeZone">IANA name; periods begin at its midnights.</param>
/// <param name="Tag"><c>name</c> or <c>name:value</c>.</param>
public sealed record AnalyticsQuery(
    DateTimeOffset From, DateTimeOffset To, AnalyticsInterval Interval, string TimeZone, string? Domain, TemplateId? Template, string? Tag,
    AnalyticsGroup? GroupBy);

public enum AnalyticsInterval
{
    Hour,
    Day,
    Week,
    Month,
}

public enum AnalyticsGroup
{
    Domain,
    Template,
    Tag,
    Provider,
}

/// <param name="Periods">Every period that begins in the range, in order, whether something happened in it or not.</param>
/// <param name="Cells">What was counted, by group (null without one) and period.</param>
public sealed record AnalyticsResult(
    IReadOnlyList<DateTimeOffset> Periods, IReadOnlyDictionary<(string? Group, DateTimeOffset Period), AnalyticsCounts> Cells);
