using Mail.Core.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Maintenance;

/// <summary>Makes partitions ahead and deletes what is out of date. Any number of workers may do it at the same time.</summary>
internal sealed partial class MaintenanceLoop(
    MaintenanceStore store, IOptions<MaintenanceOptions> options, TimeProvider clock, ILogger<MaintenanceLoop> logger) : BackgroundService
{
    private readonly MaintenanceOptions _options = options.Value;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync(_options.PartitionInterval, token => store.EnsurePartitionsAsync(_options.MonthsAhead, token), stoppingToken),
        RepeatAsync(_options.CleanUpInterval, DeleteExpiredAsync, stoppingToken));

    private async Task DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            deleted = await store.DeleteExpiredIdempotencyKeysAsync(_options.CleanUpBatch, cancellationToken);
        }
        while (deleted == _options.CleanUpBatch);
    }

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        do
        {
            try
            {
                await work(stoppingToken);
            }
            catch (NpgsqlException error)
            {
                Log.MaintenanceFailed(logger, error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Maintenance failed and is repeated at its next time")]
        public static partial void MaintenanceFailed(ILogger logger, Exception error);
    }
}
