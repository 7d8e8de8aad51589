using Aspire.Npgsql;
using Mail.Integrations;
using Mail.Integrations.Npgsql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

// The namespace of the package this stands in for.
namespace Microsoft.Extensions.Hosting;

public static class AspirePostgreSqlNpgsqlExtensions
{
    /// <summary>
    /// Registers one <see cref="NpgsqlDataSource"/> over <c>ConnectionStrings:&lt;connectionName&gt;</c> with health check, logging,
    /// tracing and metrics (both of Npgsql itself, named <c>Npgsql</c>). A missing or unreadable connection string stops the host at start.
    /// </summary>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var settings = new NpgsqlSettings();
        builder.Services.AddOptions<NpgsqlSettings>(connectionName)
            .ReadConnectionString(connectionName, (options, value) => options.ConnectionString = value)
            .Configure(options => configureSettings?.Invoke(options))
            .ValidateConnectionString(connectionName, options => options.ConnectionString, NpgsqlConnections.Check);
        builder.Services.AddSingleton(services => NpgsqlConnections.Create(services, connectionName, configureDataSourceBuilder));
        configureSettings?.Invoke(settings);
        if (settings.DisableHealthChecks) return;
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "postgres_" + connectionName,
            services => new NpgsqlHealthCheck(services.GetRequiredService<NpgsqlDataSource>()),
            HealthStatus.Unhealthy,
            ["postgres"],
            NpgsqlHealthCheck.Timeout));
    }

    /// <summary>
    /// Registers one more <see cref="NpgsqlDataSource"/> over the same connection string, under its name as the key. Here, unlike
    /// upstream, it shares the settings and the health check of <see cref="AddNpgsqlDataSource"/>, which must have been called.
    /// </summary>
    public static void AddKeyedNpgsqlDataSource(
        this IHostApplicationBuilder builder, string name, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Services.AddKeyedSingleton(name, (services, _) => NpgsqlConnections.Create(services, name, configureDataSourceBuilder));
    }
}
