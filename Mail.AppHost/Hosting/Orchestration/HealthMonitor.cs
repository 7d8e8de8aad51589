using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>Asks a running instance until told to stop: often until it is healthy, then at leisure.</summary>
internal sealed class HealthMonitor(ResourceNotificationService notifications, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan WhileUnhealthy = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) });

    /// <summary>The reports a resource starts with: one per check, without an answer yet.</summary>
    public static IEnumerable<HealthReportSnapshot> Initial(IResource resource) =>
        resource.Annotations.OfType<HealthProbeAnnotation>().Select(p => new HealthReportSnapshot(p.Key, null, null, null));

    public async Task WatchAsync(IResource resource, string id, Func<string, int> portOf, CancellationToken cancellationToken)
    {
        var probes = resource.Annotations.OfType<HealthProbeAnnotation>().ToList();
        if (probes.Count == 0) return;
        var context = new HealthProbeContext(_http, portOf);
        var prepared = false;
        while (true)
        {
            var reports = await Task.WhenAll(probes.Select(p => ProbeAsync(p, context, cancellationToken)));
            var healthy = reports.All(r => r.Status == HealthStatus.Healthy);
            if (healthy && !prepared)
            {
                if (resource.LocalServer()?.WhenReady is { } prepare) await prepare(cancellationToken);
                prepared = true;
            }
            cancellationToken.ThrowIfCancellationRequested();
            await notifications.PublishUpdateAsync(resource, id, s => s with { HealthReports = [.. reports] });
            await Task.Delay(healthy ? WhileHealthy : WhileUnhealthy, time, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HealthReportSnapshot> ProbeAsync(HealthProbeAnnotation probe, HealthProbeContext context, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ProbeLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string? reason;
        try
        {
            reason = await probe.Check(context, both.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever a server that is starting or broken does to its client is an answer: it is not healthy.
            reason = e.Message;
        }
        return new HealthReportSnapshot(probe.Key, reason is null ? HealthStatus.Healthy : HealthStatus.Unhealthy, reason, null)
        {
            LastRunAt = time.GetUtcNow().UtcDateTime,
        };
    }
}
