using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mail.Integrations.Redis;

/// <summary>Redis answers. Nothing durable depends on it, so its absence degrades and does not stop.</summary>
internal sealed class RedisHealthCheck(RedisClient redis) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await redis.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (RedisException failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "Redis does not answer", failure);
        }
    }
}
