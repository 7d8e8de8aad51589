using Mail.Api.Http;
using Mail.Core.Suppressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Mail.Api.Features.Suppressions;

/// <summary>Takes a CSV file line by line: good lines are suppressed, wrong ones are told.</summary>
internal static class ImportSuppressions
{
    public static async Task<Results<Ok<Envelope<ImportResponse>>, Problem>> Mail(
        SuppressionStore suppressions, IOptions<SuppressionOptions> options, TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        var (done, problem) = await RunAsync(suppressions, options.Value, clock, context, cancellationToken);
        return done is null ? problem! : Envelope.Ok(done);
    }

    public static async Task<Results<Ok<ImportResponse>, Problem>> Account(
        SuppressionStore suppressions, IOptions<SuppressionOptions> options, TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        var (done, problem) = await RunAsync(suppressions, options.Value, clock, context, cancellationToken);
        return done is null ? problem! : TypedResults.Ok(done);
    }

    private static async Task<(ImportResponse? Done, Problem? Problem)> RunAsync(
        SuppressionStore suppressions, SuppressionOptions options, TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase))
            return (null, new Problem(ProblemKind.UnsupportedMediaType, "Send the list as 'Content-Type: text/csv' in UTF-8."));
        if (context.Request.ContentLength > options.MaxImportBytes)
            return (null, TooLarge(options, 0));
        var import = new SuppressionImport(suppressions, context.Caller().Organization, clock);
        await foreach (var line in CsvLines.ReadAsync(context.Request.BodyReader, options.MaxImportBytes, cancellationToken))
        {
            if (line is null || import.Lines == options.MaxImportLines)
            {
                await import.FlushAsync(cancellationToken);
                return (null, TooLarge(options, import.Lines));
            }
            await import.AddAsync(line, cancellationToken);
        }
        await import.FlushAsync(cancellationToken);
        return (import.Result, null);
    }

    private static Problem TooLarge(SuppressionOptions options, int taken) => new(ProblemKind.PayloadTooLarge,
        $"A list has at most {options.MaxImportBytes} bytes and {options.MaxImportLines} lines; {taken} lines of this one were taken.");
}
