using System.Collections.Concurrent;
using System.Globalization;
using Mail.Integrations.Redis;

namespace Mail.Worker.Shaping;

/// <summary>
/// Rates that all replicas share, in Redis. While Redis is away each replica keeps the rate by itself: more may be sent
/// than agreed, but nothing stops.
/// </summary>
internal sealed class RateGate(RedisClient? redis, TimeProvider clock)
{
    private const int Capacity = 10_000;

    // The generic cell rate algorithm: one value per key, the time at which the next one would be on schedule.
    private static readonly RedisScript Take = new(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + time[2] / 1000
        local interval = tonumber(ARGV[1])
        local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
        local wait = due - now - interval * (tonumber(ARGV[2]) - 1)
        if wait > 0 then return math.ceil(wait) end
        redis.call('SET', KEYS[1], string.format('%.3f', due + interval), 'PX', math.ceil(due + interval - now) + 1000)
        return 0
        """);

    private readonly ConcurrentDictionary<string, LocalRate> _local = new();

    /// <summary>Takes one; zero when it may go now, else how long to wait before asking again.</summary>
    /// <param name="key">What the rate is of.</param>
    /// <param name="perSecond">The rate.</param>
    /// <param name="burst">How many may go at once after a pause.</param>
    /// <param name="cancellationToken">Ends the wait for Redis.</param>
    public async ValueTask<TimeSpan> TakeAsync(string key, double perSecond, int burst, CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromSeconds(1 / perSecond);
        if (redis is null)
            return Local(key).Take(interval, burst);
        try
        {
            var wait = (long)await redis.ScriptEvaluateAsync(Take, [$"mail:rate:{{{key}}}"],
                [interval.TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture), burst], cancellationToken);
            return TimeSpan.FromMilliseconds(wait);
        }
        catch (RedisException)
        {
            return Local(key).Take(interval, burst);
        }
    }

    private LocalRate Local(string key)
    {
        if (_local.Count >= Capacity)
            _local.Clear();
        return _local.GetOrAdd(key, _ => new LocalRate(clock));
    }

    private sealed class LocalRate(TimeProvider clock)
    {
        private readonly Lock _gate = new();
        private readonly long _start = clock.GetTimestamp();
        private TimeSpan _due;

        public TimeSpan Take(TimeSpan interval, int burst)
        {
            lock (_gate)
            {
                var now = clock.GetElapsedTime(_start);
                var due = _due > now ? _due : now;
                var wait = due - now - interval * (burst - 1);
                if (wait > TimeSpan.Zero)
                    return wait;
                _due = due + interval;
                return TimeSpan.Zero;
            }
        }
    }
}
