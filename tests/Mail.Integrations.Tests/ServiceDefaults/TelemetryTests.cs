using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace Mail.Integrations.Tests.ServiceDefaults;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Traces_metrics_and_logs_are_exported_when_the_host_stops()
    {
        var received = await RunAsync([]);
        Assert.Contains("/observed/{id}", received("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("http.response.status_code", received("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", received("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("the request was seen", received("/v1/logs"), StringComparison.Ordinal);
        foreach (var path in new[] { "/v1/traces", "/v1/metrics", "/v1/logs" }) Assert.Contains("observed-service", received(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_are_not_exported() =>
        Assert.DoesNotContain("/alive", (await RunAsync([]))("/v1/traces"), StringComparison.Ordinal);

    [Fact]
    public async Task The_sampler_of_the_environment_is_honoured() =>
        Assert.Equal("", (await RunAsync([("OTEL_TRACES_SAMPLER", "always_off")]))("/v1/traces"));

    /// <summary>Runs one request and one probe on a host that exports to a collector, and gives what arrived there at each path.</summary>
    private static async Task<Func<string, string>> RunAsync((string, string)[] settings)
    {
        var bodies = new ConcurrentDictionary<string, string>();
        await using var collector = await TestHost.StartAsync(map: app => app.MapPost("/v1/{kind}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            // Protobuf keeps text as it is: enough to look for names.
            bodies.AddOrUpdate(request.Path, Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
        }));
        var observed = await TestHost.StartAsync(null, MapObserved, [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Http.BaseAddress!.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_SERVICE_NAME", "observed-service"),
            .. settings,
        ]);
        await observed.Http.GetStringAsync("/observed/7");
        // Without the span of this client, which is in the same process.
        using (SuppressInstrumentationScope.Begin()) await observed.Http.GetStringAsync("/alive");
        await observed.App.StopAsync();
        await observed.DisposeAsync();
        return path => bodies.GetValueOrDefault(path, "");
    }

    private static void MapObserved(WebApplication app) => app.MapGet("/observed/{id}", (ILoggerFactory loggers) =>
    {
        loggers.CreateLogger("test").LogInformation("the request was seen");
        return "ok";
    });
}
