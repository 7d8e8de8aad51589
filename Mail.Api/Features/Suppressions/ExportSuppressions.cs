using System.Text;
using Mail.Api.Http;
using Mail.Core.Suppressions;

namespace Mail.Api.Features.Suppressions;

/// <summary>The whole list as CSV, written as it is read.</summary>
internal static class ExportSuppressions
{
    private const int FlushAt = 32 * 1024;

    public static async Task Run(SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder(SuppressionCsv.Headings).Append("\r\n");
        // The first page is read before the answer begins: a database that is away is still told as such.
        await foreach (var suppression in suppressions.ExportAsync(context.Caller().Organization, cancellationToken))
        {
            Begin(context.Response);
            lines.Append(SuppressionCsv.Write(suppression)).Append("\r\n");
            if (lines.Length >= FlushAt)
                await FlushAsync(context.Response, lines, cancellationToken);
        }
        Begin(context.Response);
        await FlushAsync(context.Response, lines, cancellationToken);
    }

    private static void Begin(HttpResponse response)
    {
        if (response.HasStarted)
            return;
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.ContentDisposition = "attachment; filename=\"suppressions.csv\"";
    }

    private static async Task FlushAsync(HttpResponse response, StringBuilder lines, CancellationToken cancellationToken)
    {
        await response.WriteAsync(lines.ToString(), Encoding.UTF8, cancellationToken);
        lines.Clear();
    }
}
