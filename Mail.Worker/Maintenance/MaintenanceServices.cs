using Mail.Core;
using Mail.Core.Batches;
using Mail.Core.Otp;
using Mail.Core.Persistence;
using Mail.Core.Queue;
using Mail.Core.Reputation;
using Mail.Worker.Delivery;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Maintenance;

internal static class MaintenanceServices
{
    public static void AddMaintenance(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<MaintenanceOptions>(MaintenanceOptions.Section);
        builder.AddMailOptions<RetryOptions>(RetryOptions.Section);
        builder.AddOtp();
        builder.Services.AddSingleton<BatchStore>();
        builder.Services.AddMaintenanceJob<MaintenanceStore>((store, options) => MaintenanceJob.Whole(
            "partitions", options.PartitionInterval, token => store.EnsurePartitionsAsync(options.MonthsAhead, token)));
        builder.Services.AddSingleton(provider => MaintenanceJob.Whole(
            "conversations", provider.GetRequiredService<IOptions<MaintenanceOptions>>().Value.PartitionInterval,
            token => provider.GetRequiredService<MaintenanceStore>().DropConversationsAsync(
                provider.GetRequiredService<IOptions<ConversationOptions>>().Value.KeepFor, token)));
        builder.Services.AddMaintenanceJob<MaintenanceStore>((store, options) => MaintenanceJob.Whole(
            "dead rows of the queues", options.VacuumInterval, store.VacuumQueuesAsync));
        builder.Services.AddMaintenanceJob<MaintenanceStore>((store, options) => new MaintenanceJob(
            "idempotency keys", options.CleanUpInterval, options.CleanUpBatch,
            token => store.DeleteExpiredIdempotencyKeysAsync(options.CleanUpBatch, token)));
        builder.Services.AddMaintenanceJob<OtpStore>((store, options) => new MaintenanceJob(
            "one-time codes", options.OtpInterval, options.CleanUpBatch, token => store.SettleOverdueAsync(options.CleanUpBatch, token)));
        builder.Services.AddMaintenanceJob<OtpStore>((store, options) => new MaintenanceJob(
            "content of one-time codes", options.OtpInterval, options.CleanUpBatch, token => store.EraseContentAsync(options.CleanUpBatch, token)));
        builder.Services.AddMaintenanceJob<HoldStore>((store, options) => MaintenanceJob.Whole(
            "holds that are over", options.CleanUpInterval, store.DeleteExpiredAsync));
        builder.Services.AddMaintenanceJob<SourceStore>((store, options) => MaintenanceJob.Whole(
            "warm-up of long ago", options.PartitionInterval, store.DeleteOldDaysAsync));
        builder.Services.AddSingleton<LateNotices>();
        builder.Services.AddMaintenanceJob<LateNotices>((notices, options) => new MaintenanceJob(
            "notices of late mail", options.CleanUpInterval, LateNotices.Batch, notices.RunAsync));
        builder.AddDomainRecheck();
        builder.AddInboundUpkeep();
        builder.Services.AddMaintenanceJob<BatchStore>((store, options) => new MaintenanceJob(
            "interrupted batches", options.CleanUpInterval, options.CleanUpBatch, token => store.CloseInterruptedAsync(options.CleanUpBatch, token)));
        builder.AddAssetCleaning();
        builder.AddRetention();
        builder.Services.AddSingleton(provider => MaintenanceJob.Whole(
            "reputation", provider.GetRequiredService<IOptions<ReputationOptions>>().Value.Interval,
            token => provider.GetRequiredService<ReputationRollUpStore>().RunAsync(token)));
        builder.Services.AddHostedService<MaintenanceLoop>();
    }

    /// <param name="job">Makes the job of the store that does it.</param>
    public static IServiceCollection AddMaintenanceJob<TStore>(
        this IServiceCollection services, Func<TStore, MaintenanceOptions, MaintenanceJob> job) where TStore : notnull =>
        services.AddSingleton(provider => job(
            provider.GetRequiredService<TStore>(), provider.GetRequiredService<IOptions<MaintenanceOptions>>().Value));
}
