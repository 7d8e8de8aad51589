namespace Mail.Integrations.Redis;

/// <summary>How the Redis client of one connection name is made.</summary>
public sealed class RedisSettings
{
    /// <summary>StackExchange.Redis connection string; by default <c>ConnectionStrings:&lt;name&gt;</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves the health check out.</summary>
    public bool DisableHealthChecks { get; set; }
}
