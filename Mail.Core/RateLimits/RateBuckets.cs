using Mail.Integrations.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mail.Core.RateLimits;

/// <summary>
/// The buckets, in Redis where all processes share them. The first failure makes this process count for itself at once;
/// whether Redis is back is looked for in the background, so that no request ever waits for a Redis that is away.
/// </summary>
internal sealed partial class RateBuckets(
    RedisClient? redis, IOptions<RateLimitOptions> options, TimeProvider clock, ILogger<RateBuckets> logger) : IAsyncDisposable
{
    private static readonly RateSubject Probe = default;
    private static readonly RateLimitPair ProbeLimits = new(new RateLimit(1_000_000, 1_000_000), default);

    private readonly LocalBuckets _local = new(clock);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    // Replaced, not disposed: others may be about to read it, and it has no timer.
    private volatile CancellationTokenSource _live = new();
    private Task _probing = Task.CompletedTask;
    private volatile bool _away = redis is null;

    /// <summary>Redis is not used right now.</summary>
    public bool IsLocal => _away;

    /// <param name="subject">Whose buckets.</param>
    /// <param name="limits">What they hold.</param>
    /// <param name="needed">Given if there is any way.</param>
    /// <param name="wanted">Taken ahead, only while there is plenty.</param>
    public async ValueTask<RateGrant> TakeAsync(RateSubject subject, RateLimitPair limits, int needed, int wanted)
    {
        if (!_away)
        {
            var live = _live.Token;
            try
            {
                return await RateScript.RunAsync(redis!, subject, limits, needed, wanted, live).WaitAsync(options.Value.RedisPatience, clock, CancellationToken.None);
            }
            catch (Exception error) when (error is RedisException or TimeoutException or OperationCanceledException)
            {
                Trip(error);
            }
        }
        return _local.Take(subject, limits, needed, options.Value.Processes);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _probing;
        _stop.Dispose();
    }

    private void Trip(Exception cause)
    {
        lock (_gate)
        {
            if (_away || _stop.IsCancellationRequested)
                return;
            _local.Clear();
            _away = true;
            // The loop outlives the request that found out: it must not carry that request's trace.
            using (ExecutionContext.SuppressFlow())
                _probing = Task.Run(ProbeAsync);
        }
        // Whoever waits for Redis on another bucket goes on at once too.
        _live.Cancel();
        Log.CountingAlone(logger, cause.Message);
    }

    private async Task ProbeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(options.Value.ProbeEvery, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await RateScript.RunAsync(redis!, Probe, ProbeLimits, 1, 1, _stop.Token).WaitAsync(options.Value.RedisPatience, clock, _stop.Token);
                lock (_gate)
                {
                    _live = new CancellationTokenSource();
                    _away = false;
                }
                Log.CountingTogether(logger);
                return;
            }
            catch (Exception error) when (error is RedisException or TimeoutException or OperationCanceledException)
            {
                // Still away, or stopping: the loop looks again or ends.
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Rate limits are counted by this process alone until Redis is back: {Reason}")]
        public static partial void CountingAlone(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "Rate limits are counted in Redis again")]
        public static partial void CountingTogether(ILogger logger);
    }
}
