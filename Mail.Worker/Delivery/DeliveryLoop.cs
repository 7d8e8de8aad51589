using Mail.Core.Queue;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Delivery;

/// <summary>
/// Claims what is ready, as much as there is room for here and at its destinations, and sends each item on its way:
/// survey → plan → claim → route → (per destination) connect → transact → classify → record. Polling finds the work;
/// signals only make it quick.
/// </summary>
internal sealed partial class DeliveryLoop(
    QueueStore store, Lanes lanes, WorkSignal work, HeldItems held, DeliveryDispatch dispatch, WorkerName worker,
    IOptions<QueueOptions> options, TimeProvider clock, ILogger<DeliveryLoop> logger) : BackgroundService
{
    // Lets a burst of signals become one claim: a claim of one row costs nearly as much as one of fifty.
    private static readonly TimeSpan ClaimPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SurveyInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SuspectInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ExpiredInterval = TimeSpan.FromSeconds(15);
    // Tiny claims are not worth their statement, for a while.
    private const int LeastClaim = 16;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly QueueOptions _options = options.Value;
    private long _claimedAt;
    private long _surveyedAt;
    private long _suspectAt;
    private long _expiredAt;

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
        await using var poll = clock.CreateTimer(_ => work.Arrived(), null, _options.PollInterval, _options.PollInterval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await StepAsync())
                    continue;
            }
            catch (NpgsqlException error)
            {
                Log.ClaimFailed(logger, error.Message);
                await Task.Delay(AwayPause, clock, stoppingToken);
                continue;
            }
            if (!work.HasArrived)
                await work.Wake.WaitAsync(stoppingToken);
            await Task.Delay(ClaimPause, clock, stoppingToken);
        }
    }

    /// <summary>True when there is reason to go on at once.</summary>
    // Not cancelled by a stop: a claim that was committed but not read would wait for its lease to expire.
    private async Task<bool> StepAsync()
    {
        var free = held.Free;
        var room = Math.Min(_options.ClaimBatch, free);
        if (room < WorthClaiming(free))
            return false;
        var isAllPromoted = true;
        if (MustSurvey())
        {
            isAllPromoted = await lanes.SurveyAsync(CancellationToken.None);
            await ClaimSuspectAsync();
            await ClaimExpiredAsync();
        }
        var plan = lanes.Plan(room, free);
        if (plan.Count == 0)
            return !isAllPromoted; // more lanes may be behind those that have no room, but polling is often enough to look there
        _claimedAt = clock.GetTimestamp();
        var jobs = await store.ClaimAsync(worker.Value, plan, _options.Lease, CancellationToken.None);
        lanes.Claimed(plan, jobs);
        Start(jobs, _claimedAt);
        return jobs.Count == room || !isAllPromoted || lanes.NeedSurvey;
    }

    // With little room left, wait for more; the more there is in hand, the less hurry there is. But what is in hand may hang.
    private int WorthClaiming(int free)
    {
        if (clock.GetElapsedTime(_claimedAt) > LongestWait)
            return 1;
        var most = Math.Min(_options.ClaimBatch, _options.MaxInFlight);
        return Math.Min(free < _options.MaxInFlight / 2 ? most / 2 : LeastClaim, most);
    }

    // While lanes that are known have work, what has arrived since can wait for a moment.
    private bool MustSurvey()
    {
        if (!lanes.NeedSurvey && !lanes.IsEmpty && clock.GetElapsedTime(_surveyedAt) < SurveyInterval)
            return false;
        if (!work.TakeArrived() && !lanes.NeedSurvey)
            return false;
        _surveyedAt = clock.GetTimestamp();
        return true;
    }

    // One at a time, and not before the one before has ended.
    private async Task ClaimSuspectAsync()
    {
        if (clock.GetElapsedTime(_suspectAt) < SuspectInterval || held.All.Any(item => item.IsSuspect))
            return;
        _suspectAt = clock.GetTimestamp();
        Start(await store.ClaimSuspectAsync(worker.Value, _options.Lease, CancellationToken.None), _suspectAt);
    }

    // What is held is not claimed, but its time passes all the same.
    private async Task ClaimExpiredAsync()
    {
        if (clock.GetElapsedTime(_expiredAt) < ExpiredInterval || lanes.TakeBlocked() is not { Count: > 0 } blocked)
            return;
        _expiredAt = clock.GetTimestamp();
        Start(await store.ClaimExpiredAsync(worker.Value, blocked, _options.Lease, CancellationToken.None), _expiredAt);
    }

    private void Start(List<DeliveryJob> jobs, long leasedAt)
    {
        var claimedAt = clock.GetUtcNow();
        foreach (var job in jobs)
            dispatch.Start(new HeldItem(job, claimedAt, leasedAt));
    }

    private async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (held.Count > 0)
                await work.Wake.WaitAsync(cancellationToken);
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
