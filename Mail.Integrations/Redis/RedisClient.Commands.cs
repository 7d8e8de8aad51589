using System.Globalization;

namespace Mail.Integrations.Redis;

/// <summary>When a SET takes effect.</summary>
public enum When
{
    Always,
    Exists,
    NotExists,
}

public sealed partial class RedisClient
{
    /// <summary>The time of one round trip.</summary>
    public async Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default)
    {
        var startedAt = _time.GetTimestamp();
        await ExecuteAsync(["PING"], cancellationToken);
        return _time.GetElapsedTime(startedAt);
    }

    /// <summary>The value, or <see cref="RedisValue.Null"/> when there is none.</summary>
    public async Task<RedisValue> StringGetAsync(RedisValue key, CancellationToken cancellationToken = default) =>
        (await ExecuteAsync(["GET", key], cancellationToken)).Value;

    /// <summary>Sets a value; false when <paramref name="when"/> was not met.</summary>
    public async Task<bool> StringSetAsync(
        RedisValue key, RedisValue value, TimeSpan? expiry = null, When when = When.Always, CancellationToken cancellationToken = default)
    {
        List<RedisValue> command = ["SET", key, value];
        if (expiry is { } lifetime) command.AddRange(["PX", Milliseconds(lifetime)]);
        if (when != When.Always) command.Add(when == When.NotExists ? "NX" : "XX");
        return !(await ExecuteAsync(command, cancellationToken)).IsNull;
    }

    /// <summary>The value after adding.</summary>
    public async Task<long> StringIncrementAsync(RedisValue key, long by = 1, CancellationToken cancellationToken = default) =>
        (long)await ExecuteAsync(by == 1 ? ["INCR", key] : ["INCRBY", key, by], cancellationToken);

    /// <summary>False when there was no such key.</summary>
    public async Task<bool> KeyDeleteAsync(RedisValue key, CancellationToken cancellationToken = default) =>
        (long)await ExecuteAsync(["DEL", key], cancellationToken) > 0;

    /// <summary>False when there was no such key.</summary>
    public async Task<bool> KeyExpireAsync(RedisValue key, TimeSpan expiry, CancellationToken cancellationToken = default) =>
        (long)await ExecuteAsync(["PEXPIRE", key, Milliseconds(expiry)], cancellationToken) > 0;

    /// <summary>Runs a script by its hash; sends its text only when Redis does not know it (first use, restart, SCRIPT FLUSH).</summary>
    public async Task<RedisResult> ScriptEvaluateAsync(
        RedisScript script, IReadOnlyList<RedisValue> keys, IReadOnlyList<RedisValue> arguments, CancellationToken cancellationToken = default)
    {
        try
        {
            return await ExecuteAsync(["EVALSHA", script.Sha1, keys.Count, .. keys, .. arguments], cancellationToken);
        }
        catch (RedisServerException unknown) when (unknown.Code == "NOSCRIPT")
        {
            return await ExecuteAsync(["EVAL", script.Text, keys.Count, .. keys, .. arguments], cancellationToken);
        }
    }

    /// <summary>The number of connections that got the message.</summary>
    public async Task<long> PublishAsync(string channel, RedisValue message, CancellationToken cancellationToken = default) =>
        (long)await ExecuteAsync(["PUBLISH", channel, message], cancellationToken);

    /// <summary>
    /// Calls <paramref name="onMessage"/> for every message on the channel, until the subscription is disposed. Returns when Redis has
    /// confirmed it; while Redis is away it returns within the time-out too, and the subscription is made as soon as Redis is there.
    /// </summary>
    /// <param name="channel">The channel's name.</param>
    /// <param name="onMessage">Runs on the reading loop, one message after the other: must be quick and must not block.</param>
    /// <param name="onGap">Called after the subscription was renewed on a new connection: messages in between are lost.</param>
    /// <param name="cancellationToken">Ends the wait for the confirmation and the subscription.</param>
    public Task<RedisSubscription> SubscribeAsync(
        string channel, Action<RedisValue> onMessage, Action? onGap = null, CancellationToken cancellationToken = default) =>
        _subscriber.SubscribeAsync(channel, onMessage, onGap, cancellationToken);

    private static RedisValue Milliseconds(TimeSpan time) =>
        ((long)Math.Ceiling(time.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
}
