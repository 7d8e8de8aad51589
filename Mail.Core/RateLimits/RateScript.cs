using System.Globalization;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;
using Mail.Integrations.Redis;

namespace Mail.Core.RateLimits;

/// <summary>Which buckets: those of an organization and of one key, for one policy.</summary>
internal readonly record struct RateSubject(OrganizationId Organization, ApiKeyId? Key, RatePolicy Policy);

/// <summary>
/// Takes tokens from both buckets in one atomic step, or from neither. A bucket is one number, the time at which it is
/// full again (GCRA), by the clock of Redis: no process's clock matters.
/// </summary>
internal static class RateScript
{
    private static readonly RedisScript Script = new(
        """
        local needed, wanted = tonumber(ARGV[1]), tonumber(ARGV[2])
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local full, interval, burst = {}, {}, {}
        local tightest, free = 1, nil
        for i, key in ipairs(KEYS) do
            interval[i], burst[i] = tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
            full[i] = math.max(tonumber(redis.call('GET', key) or now), now)
            -- A limit that was made smaller, or a clock that was set back, must not block for longer than an empty bucket.
            full[i] = math.min(full[i], now + burst[i] * interval[i])
            local here = math.floor(burst[i] - (full[i] - now) / interval[i] + 0.001)
            if not free or here < free then tightest, free = i, here end
        end
        -- What is asked beyond the need is given only where it is a small part of what is left.
        local granted = math.min(free, math.max(needed, math.min(wanted, math.floor(free / 8))))
        for i, key in ipairs(KEYS) do
            full[i] = full[i] + granted * interval[i]
            if granted > 0 then
                redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000) + 1000)
            end
        end
        local reset = full[tightest] - now
        local retry = math.max(0, reset - (burst[tightest] - 1) * interval[tightest])
        return { granted, tightest, free - granted, math.ceil(reset), math.ceil(retry) }
        """);

    /// <exception cref="RedisException">Redis is away or refuses.</exception>
    public static async Task<RateGrant> RunAsync(
        RedisClient redis, RateSubject subject, RateLimitPair limits, int needed, int wanted, CancellationToken cancellationToken)
    {
        // The braces put all buckets of an organization on one node of a cluster.
        var organization = $"mail:rate:{{{subject.Organization}}}:{subject.Policy.ToText()}";
        RedisValue[] keys = subject.Key is { } key ? [organization, $"{organization}:{key}"] : [organization];
        RedisValue[] arguments = [needed, wanted, .. Arguments(limits.Organization), .. subject.Key is null ? [] : Arguments(limits.Key)];
        var result = await redis.ScriptEvaluateAsync(Script, keys, arguments, cancellationToken);
        return new RateGrant(
            (int)(long)result[0], (long)result[1] == 1 ? limits.Organization : limits.Key, (int)(long)result[2],
            TimeSpan.FromMicroseconds((long)result[3]), TimeSpan.FromMicroseconds((long)result[4]));
    }

    private static RedisValue[] Arguments(RateLimit limit) =>
        [(1_000_000 / limit.PerSecond).ToString("R", CultureInfo.InvariantCulture), limit.Burst];
}
