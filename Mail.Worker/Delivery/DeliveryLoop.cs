using Mail.Core.Queue;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Delivery;

/// <summary>
/// Claims what is due, as much as there is room for, and sends each item on its way: claim → route → (per destination)
/// connect → transact → classify → record. Polling finds the work; signals only make it quick.
/// </summary>
internal sealed partial class DeliveryLoop(
    QueueStore store, QueueWatch watch, HeldItems held, DeliveryDispatch dispatch, WorkerName worker, IOptions<QueueOptions> options,
    TimeProvider clock, ILogger<DeliveryLoop> logger) : BackgroundService
{
    // Lets a burst of signals become one claim: a claim of one row costs nearly as much as one of fifty.
    private static readonly TimeSpan ClaimPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(1);
    // Tiny claims are not worth their statement: with little room left, wait for more.
    private const int LeastClaim = 16;

    private readonly QueueOptions _options = options.Value;

    /// <summary>Claims no more, gives back what has not started, and lets the rest end for as long as the options say.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        dispatch.Close();
        using var drained = new CancellationTokenSource(_options.DrainTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(drained.Token, cancellationToken);
        await WaitUntilEmptyAsync(either.Token);
        foreach (var item in held.All)
            item.Cut();
        await WaitUntilEmptyAsync(cancellationToken);
        if (held.Count > 0)
            Log.LeftBehind(logger, held.Count);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var poll = clock.CreateTimer(_ => watch.Signal.Set(), null, _options.PollInterval, _options.PollInterval);
        while (!stoppingToken.IsCancellationRequested)
        {
            var room = Math.Min(_options.ClaimBatch, _options.MaxInFlight - held.Count);
            if (room < Math.Min(LeastClaim, Math.Min(_options.ClaimBatch, _options.MaxInFlight)))
            {
                await held.Ended.WaitAsync(stoppingToken);
                continue;
            }
            if (await ClaimAsync(room, stoppingToken) == room)
                continue;
            await Task.Delay(ClaimPause, clock, stoppingToken);
            await watch.Signal.WaitAsync(stoppingToken);
        }
    }

    private async Task<int> ClaimAsync(int count, CancellationToken stoppingToken)
    {
        try
        {
            var leasedAt = clock.GetTimestamp();
            // Not cancelled by a stop: a claim that was committed but not read would wait for its lease to expire.
            var jobs = await store.ClaimDueAsync(worker.Value, count, _options.Lease, CancellationToken.None);
            var claimedAt = clock.GetUtcNow();
            foreach (var job in jobs)
                dispatch.Start(new HeldItem(job, claimedAt, leasedAt));
            return jobs.Count;
        }
        catch (NpgsqlException error)
        {
            Log.ClaimFailed(logger, error.Message);
            await Task.Delay(AwayPause, clock, stoppingToken);
            return 0;
        }
    }

    private async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (held.Count > 0)
                await held.Ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Time is up; the caller looks at what is left.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Nothing was claimed: {Reason}")]
        public static partial void ClaimFailed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Stopped with {Count} items unfinished; they are due again when their leases expire")]
        public static partial void LeftBehind(ILogger logger, int count);
    }
}
