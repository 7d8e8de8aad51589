using Mail.Core;
using Mail.Core.Persistence;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Maintenance;

/// <summary>History, counts and notices are deleted when their time is over.</summary>
internal static class Retention
{
    private delegate Task<int> Deletion(TimeSpan olderThan, int count, CancellationToken cancellationToken);

    public static void AddRetention(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<RetentionOptions>(RetentionOptions.Section);
        builder.Services.AddSingleton<RetentionStore>();
        builder.Services.AddSingleton(provider => MaintenanceJob.Whole(
            "history of long ago", provider.GetRequiredService<IOptions<MaintenanceOptions>>().Value.PartitionInterval,
            token => provider.GetRequiredService<MaintenanceStore>().DropHistoryAsync(
                provider.GetRequiredService<IOptions<RetentionOptions>>().Value.History, token)));
        foreach (var table in RetentionStore.Records)
            Add($"{table} of long ago", store => (olderThan, count, token) => store.DeleteRecordsAsync(table, olderThan, count, token), options => options.History);
        Add("analytics of long ago", store => store.DeleteAnalyticsAsync, options => options.Analytics);
        Add("sending hours of long ago", store => store.DeleteSendingHoursAsync, options => options.SendingHours);
        Add("reputation events of long ago", store => store.DeleteReputationEventsAsync, options => options.ReputationEvents);
        Add("usage notices of long ago", store => store.DeleteUsageNoticesAsync, options => options.UsageNotices);

        void Add(string name, Func<RetentionStore, Deletion> delete, Func<RetentionOptions, TimeSpan> keep) =>
            builder.Services.AddSingleton(provider =>
            {
                var run = delete(provider.GetRequiredService<RetentionStore>());
                var options = provider.GetRequiredService<IOptions<RetentionOptions>>().Value;
                var part = provider.GetRequiredService<IOptions<MaintenanceOptions>>().Value.CleanUpBatch;
                return new MaintenanceJob(name, options.Interval, part, token => run(keep(options), part, token));
            });
    }
}
