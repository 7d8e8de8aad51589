using Mail.ServiceDefaults;
using Mail.ServiceDefaults.Discovery;
using Mail.ServiceDefaults.Health;
using Mail.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

// Aspire's service-defaults project uses this namespace, so that a host needs no using.
namespace Microsoft.Extensions.Hosting;

/// <summary>What every host of the system shares: telemetry, health, service discovery, graceful stop, restart of services that fail.</summary>
public static class Extensions
{
    /// <summary>Adds telemetry, health checks, service discovery for every <see cref="HttpClient"/> of the factory, and a draining stop.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddTelemetry();
        builder.AddDefaultHealthChecks();
        builder.AddGracefulStop();
        builder.AddServiceRestarts();
        builder.Services.TryAddSingleton<ServiceEndpoints>();
        builder.Services.AddTransient<ServiceDiscoveryHandler>();
        builder.Services.ConfigureHttpClientDefaults(http => http.AddHttpMessageHandler<ServiceDiscoveryHandler>());
        return builder;
    }

    /// <summary>Maps <c>/health</c> (ready to take work) and <c>/alive</c> (the process answers).</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapGet(HealthEndpoints.ReadyPath, HealthEndpoints.ReadyAsync).AllowAnonymous();
        app.MapGet(HealthEndpoints.AlivePath, HealthEndpoints.AliveAsync).AllowAnonymous();
        return app;
    }

    private static void AddDefaultHealthChecks(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<HealthOptions>().Bind(builder.Configuration.GetSection(HealthOptions.Section));
        builder.Services.TryAddSingleton<HealthReports>();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [HealthEndpoints.LiveTag]);
    }

    private static void AddServiceRestarts(this IHostApplicationBuilder builder)
    {
        // The host would end without an error, and what supervises it believe that it was asked to.
        builder.Services.Configure<HostOptions>(host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        builder.Services.AddHostedService<ServiceRestarts>();
    }

    private static void AddGracefulStop(this IHostApplicationBuilder builder)
    {
        var development = builder.Environment.IsDevelopment();
        builder.Services.AddOptions<ShutdownOptions>()
            .Configure(options => options.DrainDelay = development ? TimeSpan.Zero : options.DrainDelay)
            .Bind(builder.Configuration.GetSection(ShutdownOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddOptions<HostOptions>()
            .Configure<Microsoft.Extensions.Options.IOptions<ShutdownOptions>>((host, stop) => host.ShutdownTimeout = stop.Value.Timeout);
        builder.Services.TryAddSingleton<Readiness>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Readiness>());
        builder.Services.AddHealthChecks().AddCheck<Readiness>("accepting");
    }
}
