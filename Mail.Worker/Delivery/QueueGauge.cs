using Mail.Core.Queue;
using Npgsql;

namespace Mail.Worker.Delivery;

/// <summary>Measures how much waits in the queue, and for how long: every worker tells the same.</summary>
internal sealed partial class QueueGauge(QueueStatusStore store, WorkerMetrics metrics, TimeProvider clock, ILogger<QueueGauge> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                metrics.Queue(await store.DepthAsync(stoppingToken), await store.OldestDueAsync(stoppingToken) ?? TimeSpan.Zero);
            }
            catch (NpgsqlException error)
            {
                Log.NotMeasured(logger, error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The queue was not measured: {Reason}")]
        public static partial void NotMeasured(ILogger logger, string reason);
    }
}
