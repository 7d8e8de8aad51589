using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mail.Integrations.Redis;

/// <summary>Spans and instruments by the names of the OpenTelemetry database conventions. Never keys, values or arguments.</summary>
internal static class RedisTelemetry
{
    public const string Name = "Mail.Redis";
    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "db.client.operation.duration", "s", "Duration of Redis commands, waiting included",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    private static readonly Counter<long> Connections = Meter.CreateCounter<long>("mail.redis.connections", "{connection}", "Connections opened to Redis");

    public static Activity? Start(string operation, RedisConfiguration configuration) =>
        Source.StartActivity(operation, ActivityKind.Client)
            ?.SetTag("db.system.name", "redis")
            .SetTag("db.operation.name", operation)
            .SetTag("server.address", configuration.Host)
            .SetTag("server.port", configuration.Port);

    public static void Finished(Activity? span, string operation, TimeSpan elapsed, Exception? failure)
    {
        var tags = new TagList { { "db.system.name", "redis" }, { "db.operation.name", operation } };
        if (failure is not null)
        {
            var type = (failure as RedisServerException)?.Code ?? failure.GetType().Name;
            tags.Add("error.type", type);
            span?.SetTag("error.type", type);
            span?.SetStatus(ActivityStatusCode.Error, failure.Message);
        }
        Duration.Record(elapsed.TotalSeconds, tags);
    }

    public static void Connected(RedisConfiguration configuration) =>
        Connections.Add(1, new TagList { { "server.address", configuration.Host }, { "server.port", configuration.Port } });
}
