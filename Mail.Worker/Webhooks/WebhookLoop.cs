using Mail.Core.Webhooks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Webhooks;

/// <summary>
/// Claims deliveries that are due, fairly over endpoints, and starts their attempts. Polling finds the work; signals only
/// make it quick. A claim is made again when something ended, since that makes room for the same endpoint.
/// </summary>
internal sealed partial class WebhookLoop(
    WebhookQueueStore store, WebhookWatch watch, WebhookAttempts attempts, IOptions<WebhookDispatchOptions> options, WebhookLoopContext context)
    : BackgroundService
{
    // Lets ends and signals that come together become one claim. While nothing is under way signals are mostly of mail that
    // nobody wants to be told of: then claims must cost next to nothing.
    private static readonly TimeSpan ClaimPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(1);

    private readonly WebhookDispatchOptions _options = options.Value;
    private readonly TimeProvider _clock = context.Clock;
    private readonly CancellationTokenSource _cut = new();
    private int _inFlight;

    /// <summary>Claims no more, and lets what runs come to its end, which takes no longer than one time-out.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await using var cut = cancellationToken.UnsafeRegister(static cut => ((CancellationTokenSource)cut!).Cancel(), _cut);
        while (Volatile.Read(ref _inFlight) > 0 && !cancellationToken.IsCancellationRequested)
            await Task.Delay(ClaimPause, _clock, CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var poll = _clock.CreateTimer(_ => watch.Signal.Set(), null, _options.PollInterval, _options.PollInterval);
        while (!stoppingToken.IsCancellationRequested)
        {
            var room = _options.MaxInFlight - Volatile.Read(ref _inFlight);
            if (room > 0 && await ClaimAsync(room, stoppingToken) == room)
                continue;
            await Task.Delay(Volatile.Read(ref _inFlight) > 0 ? ClaimPause : IdlePause, _clock, stoppingToken);
            await watch.Signal.WaitAsync(stoppingToken);
        }
    }

    private async Task<int> ClaimAsync(int count, CancellationToken stoppingToken)
    {
        try
        {
            // Not cancelled by a stop: a claim that was committed but not read would wait for its lease to expire.
            var jobs = await store.ClaimDueAsync(context.Worker, count, _options.PerEndpoint, _options.Lease, CancellationToken.None);
            foreach (var job in jobs)
                Start(job);
            return jobs.Count;
        }
        catch (NpgsqlException error)
        {
            Log.WebhookClaimFailed(context.Logger, error.Message);
            await Task.Delay(AwayPause, _clock, stoppingToken);
            return 0;
        }
    }

    private void Start(WebhookJob job)
    {
        Interlocked.Increment(ref _inFlight);
        _ = Task.Run(async () =>
        {
            try
            {
                await attempts.RunAsync(job, _cut.Token);
            }
            finally
            {
                Interlocked.Decrement(ref _inFlight);
                watch.Signal.Set();
            }
        });
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "No webhook delivery was claimed: {Reason}")]
        public static partial void WebhookClaimFailed(ILogger logger, string reason);
    }
}

/// <summary>Who runs the loop, by which clock, and where it is told.</summary>
internal sealed class WebhookLoopContext(WorkerName worker, TimeProvider clock, ILogger<WebhookLoop> logger)
{
    public string Worker => worker.Value;

    public TimeProvider Clock => clock;

    public ILogger Logger => logger;
}
