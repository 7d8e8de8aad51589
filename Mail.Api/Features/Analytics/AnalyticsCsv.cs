using System.Globalization;
using System.Text;
using Mail.Core.Analytics;

namespace Mail.Api.Features.Analytics;

/// <summary>The series as a table that a spreadsheet may open.</summary>
internal static class AnalyticsCsv
{
    private const string Header =
        "period,group,accepted,sent,delivered,deferred,bounced,hardBounced,softBounced,complained,suppressed,failed,opened,uniqueOpened,clicked," +
        "uniqueClicked,unsubscribed,latencyP50Ms,latencyP95Ms\r\n";

    public static IResult Of(AnalyticsQuery query, AnalyticsResult result)
    {
        var table = new StringBuilder(Header);
        foreach (var (period, group, counts) in AnalyticsRows.Series(query, result))
        {
            var row = AnalyticsTotals.Of(counts);
            table.Append(CultureInfo.InvariantCulture, $"{period:yyyy-MM-ddTHH:mm:ssZ},{Text(group ?? "")},");
            table.AppendJoin(',', new long?[]
            {
                row.Accepted, row.Sent, row.Delivered, row.Deferred, row.Bounced, row.HardBounced, row.SoftBounced, row.Complained, row.Suppressed,
                row.Failed, row.Opened, row.UniqueOpened, row.Clicked, row.UniqueClicked, row.Unsubscribed, row.LatencyP50Ms, row.LatencyP95Ms,
            });
            table.Append("\r\n");
        }
        return TypedResults.Text(table.ToString(), "text/csv; charset=utf-8");
    }

    // What begins like a formula would be run by the spreadsheet; tags come from whoever calls the API.
    private static string Text(string text)
    {
        var safe = text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return safe.AsSpan().ContainsAny("\",\r\n'") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
