using System.Diagnostics;
using System.Diagnostics.Metrics;
using Azure;

namespace Mail.Integrations.Blobs;

/// <summary>One span and one measurement for each operation; the HTTP requests below it have their own.</summary>
internal static class BlobTelemetry
{
    public const string Name = "Mail.Blobs";
    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "mail.blobs.operation.duration", "s", "Duration of blob operations, retries included",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    public static Activity? Start(string operation, Uri endpoint) =>
        Source.StartActivity($"blob {operation}", ActivityKind.Client)
            ?.SetTag("mail.blobs.operation", operation)
            .SetTag("server.address", endpoint.Host)
            .SetTag("server.port", endpoint.Port);

    public static void Finished(Activity? span, string operation, TimeSpan elapsed, Exception? failure)
    {
        var tags = new TagList { { "mail.blobs.operation", operation } };
        if (failure is not null)
        {
            var type = (failure as RequestFailedException)?.ErrorCode ?? failure.GetType().Name;
            tags.Add("error.type", type);
            span?.SetTag("error.type", type);
            span?.SetStatus(ActivityStatusCode.Error);
        }
        Duration.Record(elapsed.TotalSeconds, tags);
    }
}
