using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Queue;

/// <summary>Mail leaves in time. Late mail degrades and does not stop: taking more of it is still right.</summary>
internal sealed class QueueHealthCheck(QueueStatusStore queue, IOptions<QueueHealthOptions> options) : IHealthCheck
{
    public const string Name = "queue";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var age = await queue.OldestDueAsync(cancellationToken) ?? TimeSpan.Zero;
            Dictionary<string, object> data = new() { ["oldestDueSeconds"] = (long)age.TotalSeconds };
            return age <= options.Value.DegradedAfter
                ? HealthCheckResult.Healthy(data: data)
                : HealthCheckResult.Degraded($"mail has been due for {age.TotalMinutes:0} min", data: data);
        }
        catch (NpgsqlException failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "the queue cannot be read", failure);
        }
    }
}
