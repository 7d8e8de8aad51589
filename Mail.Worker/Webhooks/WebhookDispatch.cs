using System.Net;
using Mail.Core;
using Mail.Core.Domains;
using Mail.Core.Webhooks;
using Mail.Worker.Delivery;
using Mail.Worker.Maintenance;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Mail.Worker.Webhooks;

internal static class WebhookDispatch
{
    private const int MaxHeaderKilobytes = 16;
    private const int MaxDrainedBytes = 64 * 1024;

    /// <summary>Everything between the queue of webhook deliveries and the receivers.</summary>
    public static IHostApplicationBuilder AddWebhookDispatch(this IHostApplicationBuilder builder)
    {
        builder.AddMailDns();
        builder.AddMailOptions<WebhookDispatchOptions>(WebhookDispatchOptions.Section)
            .Validate(options => options.Lease > options.Timeout, "Mail:Webhooks:Dispatch:Lease must be longer than Mail:Webhooks:Dispatch:Timeout.");
        var services = builder.Services;
        services.TryAddSingleton(WorkerName.OfThisProcess());
        services.TryAddSingleton<WorkSignal>();
        services.AddSingleton<WebhookConnector>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookMetrics>();
        services.AddSingleton<WebhookAttempts>();
        services.AddSingleton<WebhookLoopContext>();
        // Stopped in the opposite order: first the claims, last the recording of what they led to.
        services.AddLoop<WebhookRecorder>();
        services.AddLoop<WebhookWatch>();
        services.AddLoop<WebhookLoop>();
        services.AddMaintenanceJob<WebhookQueueStore>((store, options) => new MaintenanceJob(
            "webhook deliveries without an endpoint", options.CleanUpInterval, options.CleanUpBatch,
            token => store.SettleOrphansAsync(options.CleanUpBatch, token)));
        services.AddHttpClient(WebhookSender.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => Handler(provider.GetRequiredService<WebhookConnector>()))
            // A tenant's URL is no name of one of our services, and an attempt is not repeated behind the schedule's back.
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear())
            // One handler, so that its pool limits connections; the pool itself lets connections grow old.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        return builder;
    }

    private static SocketsHttpHandler Handler(WebhookConnector connector) => new()
    {
        ConnectCallback = async (context, cancellationToken) =>
            await connector.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken),
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = MaxHeaderKilobytes,
        MaxResponseDrainSize = MaxDrainedBytes,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        // Our trace is nothing to a stranger.
        ActivityHeadersPropagator = null,
    };

    private static void AddLoop<TLoop>(this IServiceCollection services) where TLoop : BackgroundService
    {
        services.AddSingleton<TLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<TLoop>());
    }
}
