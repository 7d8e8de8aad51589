using Mail.Core.Queue;
using Mail.Core.Webhooks;
using Mail.Worker.Pools;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Webhooks;

/// <summary>
/// Wakes the claim loop when another process says that something happened, and from time to time gives up what has no
/// active endpoint any more. A missed signal costs one poll interval.
/// </summary>
internal sealed partial class WebhookWatch(
    QueueListener listener, WebhookQueueStore store, IOptions<WebhookDispatchOptions> options, TimeProvider clock, ILogger<WebhookWatch> logger)
    : BackgroundService
{
    private const int CleanUpBatch = 1000;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    public Wake Signal { get; } = new();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ListenAsync(stoppingToken), CleanUpAsync(stoppingToken));

    private async Task ListenAsync(CancellationToken stoppingToken)
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

    private async Task CleanUpAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CleanUpInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await store.SettleOrphansAsync(CleanUpBatch, stoppingToken) == CleanUpBatch)
                {
                    // There are more.
                }
            }
            catch (NpgsqlException error)
            {
                Log.WebhookCleanUpFailed(logger, error.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Not listening for signals of webhooks, polling only: {Reason}")]
        public static partial void WebhookSignalsLost(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Deliveries without an endpoint were not given up, and will be later: {Reason}")]
        public static partial void WebhookCleanUpFailed(ILogger logger, string reason);
    }
}
