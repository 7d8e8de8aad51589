using System.Diagnostics;
using Mail.Core.Analytics;
using Mail.Core.ApiKeys;
using Mail.Core.Assets;
using Mail.Core.Bounces;
using Mail.Core.Domains;
using Mail.Core.Events;
using Mail.Core.Inbound;
using Mail.Core.Limits;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Queue;
using Mail.Core.RateLimits;
using Mail.Core.Sandbox;
using Mail.Core.Secrets;
using Mail.Core.Webhooks;
using Mail.Core.Templates;
using Mail.Core.Suppressions;
using Mail.Core.TrackedMail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core;

/// <summary>Registers what every host shares.</summary>
public static class MailCore
{
    /// <summary>The configuration section that all of the product's options stand under.</summary>
    public const string ConfigurationRoot = "Mail";

    /// <summary>
    /// The connection string of the database; as the key of a service, the connections for statements that take whole batches
    /// and run all the time (docs/adr/0004).
    /// </summary>
    internal const string Database = "maildb";

    /// <summary>Data source, blobs, stores and rules.</summary>
    public static IHostApplicationBuilder AddMailCore(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource(Database, configureDataSourceBuilder: Tune);
        builder.AddKeyedNpgsqlDataSource(Database, configureDataSourceBuilder: TuneForBatches);
        builder.AddAzureBlobServiceClient("blobs");
        builder.AddMailOptions<SecretOptions>(SecretOptions.Section);
        builder.AddMailOptions<MailHostOptions>(MailHostOptions.Section);
        builder.AddMailOptions<DemoOptions>(DemoOptions.Section);
        builder.AddMailOptions<ConversationOptions>(ConversationOptions.Section);

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SecretOptions>, SecretOptionsValidator>());
        services.AddSingleton(provider => SecretBox.Of(provider.GetRequiredService<IOptions<SecretOptions>>().Value));
        services.AddSingleton<SealedColumnStore>();
        services.AddSingleton<RotateKeyRing>();
        services.AddSingleton(DkimKeyStore.SealedKeys);
        services.AddSingleton(provider => new ReturnPath(
            provider.GetRequiredService<SecretBox>().DeriveKeys("return-path"), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Migrator>();
        services.AddSingleton<OrganizationStore>();
        services.AddSingleton<SuspendOrganization>();
        builder.AddApiKeys();
        services.AddSingleton<RateLimitStore>();
        builder.AddCoreHealth();
        services.AddSingleton<DomainStore>();
        services.AddSingleton<SenderDomains>();
        services.AddSingleton<DkimKeyStore>();
        services.AddSingleton<DomainSigners>();
        services.AddSingleton<MessageStore>();
        services.AddSingleton<CancelStore>();
        services.AddSingleton<DeliveryLogStore>();
        services.AddSingleton<EventStore>();
        services.AddSingleton<SuppressionStore>();
        services.AddSingleton<ReportStore>();
        services.AddSingleton<BounceStore>();
        services.AddSingleton<TakeReports>();
        services.AddSingleton<ReturnPathHostStore>();
        services.AddSingleton<QueueStore>();
        services.AddSingleton<QueueListener>();
        services.AddSingleton<HoldStore>();
        services.AddSingleton<LateNoticeStore>();
        services.AddSingleton<WorkerRoleStore>();
        services.AddSingleton<DestinationStore>();
        services.AddSingleton<RouteStore>();
        services.AddSingleton<SourceStore>();
        services.AddSingleton(RouteStore.SealedPasswords);
        services.AddSingleton<MaintenanceStore>();
        services.AddSingleton<DevInboxStore>();
        services.AddSingleton<DevInboxSignal>();
        services.AddHostedService(provider => provider.GetRequiredService<DevInboxSignal>());
        services.AddSingleton<InboxOwnerStore>();
        services.AddSingleton<DevInbox>();
        services.AddSingleton<OperatorMailStore>();
        services.AddSingleton<DemoSeed>();
        builder.AddSandbox();
        builder.AddAssets();
        builder.AddTracking();
        builder.AddWebhooks();
        services.AddSingleton<AnalyticsStore>();
        builder.AddLimits();
        return builder;
    }

    // Postgres, blobs and Redis have theirs where their clients are registered.
    private static void AddCoreHealth(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<QueueHealthOptions>(QueueHealthOptions.Section);
        builder.Services.AddSingleton<QueueStatusStore>();
        builder.Services.AddHealthChecks()
            .AddCheck<MigrationHealthCheck>(MigrationHealthCheck.Name, HealthStatus.Unhealthy)
            .AddCheck<QueueHealthCheck>(QueueHealthCheck.Name, HealthStatus.Degraded);
    }

    /// <summary>What hosts that accept messages need besides: the group commit and its signal to the workers.</summary>
    public static IHostApplicationBuilder AddAcceptMessages(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<AcceptOptions>(AcceptOptions.Section);
        builder.AddTemplateRendering();
        var services = builder.Services;
        services.AddSingleton<QueueSignal>();
        services.AddHostedService(provider => provider.GetRequiredService<QueueSignal>());
        services.AddSingleton(provider => new AcceptStore(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(Database), provider.GetRequiredService<IOptions<AcceptOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AcceptWriter(
            provider.GetRequiredService<AcceptStore>(), provider.GetRequiredService<QueueSignal>(),
            provider.GetRequiredService<IOptions<AcceptOptions>>()));
        services.AddHostedService(provider => provider.GetRequiredService<AcceptWriter>());
        services.AddSingleton<MessageRendering>();
        services.AddSingleton<AcceptChecks>();
        services.AddSingleton<AcceptMessages>();
        services.AddSingleton<ResendMessages>();
        return builder;
    }

    /// <summary>
    /// Binds one options class under <c>Mail:</c>; a bad value stops the start with all problems listed. Asked for again it
    /// binds nothing again: a list would hold everything twice.
    /// </summary>
    public static OptionsBuilder<TOptions> AddMailOptions<TOptions>(this IHostApplicationBuilder builder, string section)
        where TOptions : class
    {
        var options = builder.Services.AddOptions<TOptions>();
        if (builder.Services.Any(service => service.ServiceType == typeof(Bound<TOptions>)))
            return options;
        builder.Services.AddSingleton<Bound<TOptions>>();
        return options
            .Bind(builder.Configuration.GetSection($"{ConfigurationRoot}:{section}"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
    }

    private sealed class Bound<TOptions>;

    /// <summary>
    /// Checks all options at once, before anything is started: a service that reads its options in its constructor
    /// would stop the start at the first bad one.
    /// </summary>
    public static void ValidateOptions(this IHost host) => host.Services.GetRequiredService<IStartupValidator>().Validate();

    // Every statement of ours finds its rows through an index, in whatever state the statistics are: a plan that was
    // made while a table was empty must not scan it when it has grown (docs/adr/0004).
    internal static void Tune(NpgsqlDataSourceBuilder dataSource)
    {
        var connection = dataSource.ConnectionStringBuilder;
        connection.MaxAutoPrepare = 100;
        connection.AutoPrepareMinUsages = 2;
        connection.Options = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";
        // A statement belongs to the trace of what caused it. The loops that look for work have no trace; one of each of
        // their statements, several times a second, would bury those of the messages.
        dataSource.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is not null)
            .ConfigureBatchFilter(_ => Activity.Current is not null));
    }

    // A plan for arrays of a known length looks cheaper than the plan for all, so that each batch would be planned anew: a
    // third of what the database has to do for a message. These statements change nothing about their session either.
    private static void TuneForBatches(NpgsqlDataSourceBuilder dataSource)
    {
        Tune(dataSource);
        dataSource.ConnectionStringBuilder.Options += " -c plan_cache_mode=force_generic_plan";
        dataSource.ConnectionStringBuilder.NoResetOnClose = true;
    }
}
