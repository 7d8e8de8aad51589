using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace Mail.Integrations.Tests.ServiceDefaults;

// Spans are the process's: a host beside it that records them has them recorded here too, whatever the sampler says.
[Collection(Alone.Name)]
public sealed class TelemetryTests
{
    private const string Http = "http/protobuf";
    private const string Grpc = "grpc";

    [Theory]
    [InlineData(Http)]
    [InlineData(Grpc)]
    public async Task Traces_metrics_and_logs_are_exported_when_the_host_stops(string protocol)
    {
        var received = await RunAsync(protocol);
        Assert.Contains("/observed/{id}", received("trace"), StringComparison.Ordinal);
        Assert.Contains("http.response.status_code", received("trace"), StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", received("metrics"), StringComparison.Ordinal);
        Assert.Contains("the request was seen", received("logs"), StringComparison.Ordinal);
        foreach (var signal in new[] { "trace", "metrics", "logs" }) Assert.Contains("observed-service", received(signal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_are_not_exported() => Assert.DoesNotContain("/alive", (await RunAsync(Http))("trace"), StringComparison.Ordinal);

    [Fact]
    public async Task The_sampler_of_the_environment_is_honoured() =>
        Assert.Equal("", (await RunAsync(Http, ("OTEL_TRACES_SAMPLER", "always_off")))("trace"));

    /// <summary>Runs one request and one probe on a host that exports to a collector, and gives what arrived there for a signal.</summary>
    private static async Task<Func<string, string>> RunAsync(string protocol, params (string, string)[] settings)
    {
        var bodies = new ConcurrentQueue<(string Path, string Body)>();
        await using var collector = await TestHost.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel =>
                kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocol == Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1)),
            app => app.MapPost("/{**path}", (HttpContext context) => CollectAsync(context, bodies)));
        var observed = await TestHost.StartAsync(null, MapObserved, [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Http.BaseAddress!.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_SERVICE_NAME", "observed-service"),
            .. settings,
        ]);
        await observed.Http.GetStringAsync("/observed/7");
        // Without the span of this client, which is in the same process.
        using (SuppressInstrumentationScope.Begin()) await observed.Http.GetStringAsync("/alive");
        await observed.App.StopAsync();
        await observed.DisposeAsync();
        return signal => string.Concat(bodies.Where(body => body.Path.Contains(signal, StringComparison.Ordinal)).Select(body => body.Body));
    }

    private static async Task CollectAsync(HttpContext context, ConcurrentQueue<(string, string)> bodies)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        // Protobuf keeps text as it is: enough to look for names.
        bodies.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
        if (context.Request.ContentType != "application/grpc") return;
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[5]); // One empty message.
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static void MapObserved(WebApplication app) => app.MapGet("/observed/{id}", (ILoggerFactory loggers) =>
    {
        loggers.CreateLogger("test").LogInformation("the request was seen");
        return "ok";
    });
}
