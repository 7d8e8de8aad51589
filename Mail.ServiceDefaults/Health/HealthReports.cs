using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mail.ServiceDefaults.Health;

/// <summary>Runs the checks at most once a second, however often an anonymous caller asks.</summary>
internal sealed class HealthReports(HealthCheckService checks, Readiness readiness, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private HealthReport? _report;
    private bool _reportDraining;
    private long _takenAt;

    public async Task<HealthReport> GetAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_report is { } recent && _reportDraining == readiness.IsDraining && time.GetElapsedTime(_takenAt) < MaxAge) return recent;
            _reportDraining = readiness.IsDraining;
            _report = await checks.CheckHealthAsync(cancellationToken);
            _takenAt = time.GetTimestamp();
            return _report;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
