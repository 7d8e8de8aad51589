using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace Mail.ServiceDefaults.Health;

internal static class HealthEndpoints
{
    public const string ReadyPath = "/health";
    public const string AlivePath = "/alive";
    public const string LiveTag = "live";

    public static async Task ReadyAsync(HttpContext context)
    {
        // Probes come every few seconds: their database and cache spans would drown the traces that matter.
        using var untraced = SuppressInstrumentationScope.Begin();
        var reports = context.RequestServices.GetRequiredService<HealthReports>();
        await WriteAsync(context, await reports.GetAsync(context.RequestAborted));
    }

    public static async Task AliveAsync(HttpContext context)
    {
        using var untraced = SuppressInstrumentationScope.Begin();
        var checks = context.RequestServices.GetRequiredService<HealthCheckService>();
        await WriteAsync(context, await checks.CheckHealthAsync(check => check.Tags.Contains(LiveTag), context.RequestAborted));
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.Headers.CacheControl = "no-store";
        // Degraded still takes work.
        context.Response.StatusCode = report.Status == HealthStatus.Unhealthy
            ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status200OK;
        if (!MaySeeDetail(context)) return context.Response.WriteAsync(report.Status.ToString(), context.RequestAborted);
        var detail = new HealthDetail(
            report.Status.ToString(),
            report.TotalDuration.TotalMilliseconds,
            report.Entries.ToDictionary(
                entry => entry.Key,
                entry => new HealthEntry(
                    entry.Value.Status.ToString(),
                    entry.Value.Description ?? entry.Value.Exception?.Message,
                    entry.Value.Duration.TotalMilliseconds,
                    entry.Value.Data.ToDictionary(item => item.Key, item => item.Value.ToString()))));
        return context.Response.WriteAsJsonAsync(detail, context.RequestAborted);
    }

    private static bool MaySeeDetail(HttpContext context)
    {
        if (context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment()) return true;
        var token = context.RequestServices.GetRequiredService<IOptionsMonitor<HealthOptions>>().CurrentValue.OperatorToken;
        if (string.IsNullOrEmpty(token)) return false;
        var offered = context.Request.Headers.Authorization.ToString();
        return CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + token)),
            SHA256.HashData(Encoding.UTF8.GetBytes(offered)));
    }

    private sealed record HealthDetail(string Status, double DurationMs, IReadOnlyDictionary<string, HealthEntry> Checks);

    private sealed record HealthEntry(string Status, string? Description, double DurationMs, IReadOnlyDictionary<string, string?> Data);
}
