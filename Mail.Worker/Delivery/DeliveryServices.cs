using Mail.Core;
using Mail.Core.Domains;
using Mail.Core.Queue;
using Mail.Core.Tls;
using Mail.Integrations.Redis;
using Mail.Worker.Pools;
using Mail.Worker.Shaping;
using Mail.Worker.Tls;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

internal static class DeliveryServices
{
    // Without it each worker keeps the rates by itself.
    private const string RedisConnection = "redis";

    /// <summary>The outbound side: everything between the queue and other people's servers.</summary>
    public static IHostApplicationBuilder AddDelivery(this IHostApplicationBuilder builder)
    {
        builder.AddOptionsOfDelivery();
        builder.AddMailDns();
        if (builder.Configuration.GetConnectionString(RedisConnection) is not null)
            builder.AddRedisClient(RedisConnection);
        var services = builder.Services;
        services.TryAddSingleton(WorkerName.OfThisProcess());
        services.AddSingleton<WorkerMetrics>();
        services.TryAddSingleton<WorkSignal>();
        services.AddSingleton<HeldItems>();
        services.AddSingleton<LaneBook>();
        services.AddSingleton<LaneFloors>();
        services.AddSingleton<Lanes>();
        services.AddSingleton(provider => ShapingRules.ReadWith(provider.GetRequiredService<IOptions<ShapingOptions>>().Value.RulesFile));
        services.AddSingleton(provider => new RateGate(provider.GetService<RedisClient>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ConnectionOpening>();
        services.AddSingleton<LanePace>();
        services.AddSingleton<DatabaseTime>();
        services.AddSingleton(provider => new BadHosts(provider.GetRequiredService<DatabaseTime>()));
        services.AddSingleton<DestinationFeedback>();
        services.AddSingleton<MxRouting>();
        services.AddSingleton<DeliveryRouting>();
        services.AddSingleton<MailComposer>();
        services.AddSingleton<PersonalMail>();
        services.AddSingleton<AttachmentReader>();
        services.AddSingleton<MessageMemory>();
        services.AddSingleton<MessageBuilder>();
        builder.AddTls();
        services.AddSingleton<TlsFailures>();
        services.AddLoop<TlsSessions>();
        services.AddSingleton<MxTls>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<TimeoutOptions>>().Value
            .ToSmtp(provider.GetRequiredService<IOptions<ConnectionOptions>>().Value.ConnectTimeout));
        services.AddSingleton<SmtpConnector>();
        services.AddSingleton<DeliveryTransaction>();
        services.AddSingleton<Conversations>();
        services.AddSingleton<AttemptRecords>();
        services.AddSingleton<DeliveryAttempts>();
        services.AddSingleton<DeliveryDispatch>();
        // Stopped in the opposite order: first the claims, last the recording of what they led to.
        services.AddLoop<Recorder>();
        services.AddLoop<HangWatch>();
        services.AddLoop<Destinations>();
        services.AddLoop<Holds>();
        services.AddLoop<DestinationReports>();
        services.AddLoop<RouteOverrides>();
        services.AddLoop<Sources>();
        services.AddLoop<QueueGauge>();
        services.AddLoop<QueueWatch>();
        services.AddLoop<LeaseLoop>();
        services.AddLoop<DeliveryLoop>();
        return builder;
    }

    private static void AddOptionsOfDelivery(this IHostApplicationBuilder builder)
    {
        builder.AddDeliveryOptions();
        builder.AddMailOptions<QueueOptions>(QueueOptions.Section);
        builder.AddMailOptions<ShapingOptions>(ShapingOptions.Section);
        builder.AddMailOptions<WarmupOptions>(WarmupOptions.Section);
        builder.AddMailOptions<RetryOptions>(RetryOptions.Section);
        builder.AddMailOptions<ConnectionOptions>(ConnectionOptions.Section);
        builder.AddMailOptions<TimeoutOptions>(TimeoutOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>();
    }

    private static void AddLoop<TLoop>(this IServiceCollection services) where TLoop : BackgroundService
    {
        services.AddSingleton<TLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<TLoop>());
    }
}
