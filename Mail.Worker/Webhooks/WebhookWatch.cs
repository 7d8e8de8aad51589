using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Mail.Worker.Pools;
using Npgsql;

namespace Mail.Worker.Webhooks;

/// <summary>
/// Wakes the claim loop when another process says that something happened; this one's own deliveries wake it directly. A
/// missed signal costs one poll interval.
/// </summary>
internal sealed partial class WebhookWatch(QueueListener listener, WorkSignal work, TimeProvider clock, ILogger<WebhookWatch> logger) : BackgroundService
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    public Wake Signal => work.Happened;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await listener.ListenAsync(Signal.Set, stoppingToken);
            }
            catch (NpgsqlException error)
            {
                Log.WebhookSignalsLost(logger, error.Message);
            }
            await Task.Delay(ReconnectDelay, clock, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Not listening for signals of webhooks, polling only: {Reason}")]
        public static partial void WebhookSignalsLost(ILogger logger, string reason);
    }
}
