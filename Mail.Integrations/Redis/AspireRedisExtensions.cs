using Mail.Integrations;
using Mail.Integrations.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

// The namespace of the package this stands in for.
namespace Microsoft.Extensions.Hosting;

public static class AspireRedisExtensions
{
    /// <summary>
    /// Registers one <see cref="RedisClient"/> over <c>ConnectionStrings:&lt;connectionName&gt;</c> with health check, tracing and metrics
    /// (<c>Mail.Redis</c>). A missing or malformed connection string stops the host at start; a Redis that is away does not.
    /// </summary>
    public static void AddRedisClient(this IHostApplicationBuilder builder, string connectionName, Action<RedisSettings>? configureSettings = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var settings = new RedisSettings();
        configureSettings?.Invoke(settings);
        builder.Services.AddOptions<RedisSettings>(connectionName)
            .ReadConnectionString(connectionName, (options, value) => options.ConnectionString = value)
            .Configure(options => configureSettings?.Invoke(options))
            .ValidateConnectionString(connectionName, options => options.ConnectionString, Check);
        builder.Services.AddSingleton(services => new RedisClient(
            Configuration(services, connectionName),
            services.GetService<TimeProvider>(),
            services.GetRequiredService<ILogger<RedisClient>>()));
        if (settings.DisableHealthChecks) return;
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "redis_" + connectionName,
            services => new RedisHealthCheck(services.GetRequiredService<RedisClient>()),
            HealthStatus.Degraded,
            ["redis"]));
    }

    private static RedisConfiguration Configuration(IServiceProvider services, string connectionName)
    {
        var settings = services.GetRequiredService<IOptionsMonitor<RedisSettings>>().Get(connectionName);
        var configuration = RedisConfiguration.Parse(settings.ConnectionString!);
        return configuration.ClientName is null
            ? configuration with { ClientName = services.GetRequiredService<IHostEnvironment>().ApplicationName.Replace(' ', '-') }
            : configuration;
    }

    private static string? Check(string connectionString)
    {
        try
        {
            RedisConfiguration.Parse(connectionString);
            return null;
        }
        catch (FormatException malformed)
        {
            return malformed.Message;
        }
    }
}
