using Mail.Core.Queue;
using Npgsql;

namespace Mail.Worker.Delivery;

/// <summary>Measures how much waits in the queue, and for how long. One worker does it for all: a sum over workers is the truth.</summary>
internal sealed partial class QueueGauge(
    QueueStatusStore store, WorkerRoleStore roles, WorkerName worker, WorkerMetrics metrics, TimeProvider clock, ILogger<QueueGauge> logger)
    : BackgroundService
{
    private const string Role = "queue gauge";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    // One that was missed is no reason to let go.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(40);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await roles.LeaveAsync(Role, worker.Value, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            Log.NotMeasured(logger, error.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await MeasureAsync(stoppingToken);
            }
            catch (NpgsqlException error)
            {
                Log.NotMeasured(logger, error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task MeasureAsync(CancellationToken cancellationToken) => metrics.Queue(
        await roles.TakeAsync(Role, worker.Value, Lease, cancellationToken)
            ? new QueueMeasure(await store.DepthAsync(cancellationToken), await store.OldestDueAsync(cancellationToken) ?? TimeSpan.Zero)
            : null);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The queue was not measured: {Reason}")]
        public static partial void NotMeasured(ILogger logger, string reason);
    }
}

/// <param name="OldestDue">How long the oldest ready item has waited for a worker.</param>
internal sealed record QueueMeasure(long Depth, TimeSpan OldestDue);
