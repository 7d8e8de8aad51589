using System.Collections.Concurrent;
using System.Net;
using Mail.Inbound.Session;
using Mail.Integrations.Redis;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Submission;

/// <summary>
/// Counts failed log-ins per address: here, and in Redis for all processes. While Redis is away what was counted here
/// stands alone.
/// </summary>
internal sealed partial class LoginFailures(
    IOptions<SubmissionOptions> options, TimeProvider clock, ILogger<LoginFailures> logger, RedisClient? redis = null)
{
    private const int Capacity = 100_000;
    // A log-in does not wait longer for a Redis that hangs, and then leaves it alone for a while.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly RedisScript Count = new(
        """
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return count
        """);

    private readonly ConcurrentDictionary<IPAddress, Window> _windows = new();
    private long _awayUntil = long.MinValue;

    /// <summary>Too many log-ins have failed from this address.</summary>
    public async ValueTask<bool> IsBlockedAsync(IPAddress address)
    {
        var network = ClientAddresses.NetworkOf(address);
        if (_windows.TryGetValue(network, out var window) && IsOpen(window) && window.Failures >= options.Value.MaxLoginFailures)
            return true;
        var count = await AskAsync(async client => await client.StringGetAsync(KeyOf(network)).WaitAsync(Patience, clock));
        return count >= options.Value.MaxLoginFailures;
    }

    public async ValueTask AddAsync(IPAddress address)
    {
        var network = ClientAddresses.NetworkOf(address);
        if (_windows.Count >= Capacity)
            Prune();
        _windows.AddOrUpdate(network, _ => new Window(clock.GetTimestamp(), 1), (_, window) =>
            IsOpen(window) ? window with { Failures = window.Failures + 1 } : new Window(clock.GetTimestamp(), 1));
        var lifetime = (long)options.Value.FailureWindow.TotalMilliseconds;
        await AskAsync(async client => (await client.ScriptEvaluateAsync(Count, [KeyOf(network)], [lifetime]).WaitAsync(Patience, clock)).Value);
    }

    private async ValueTask<long> AskAsync(Func<RedisClient, Task<RedisValue>> ask)
    {
        if (redis is null || clock.GetTimestamp() < Volatile.Read(ref _awayUntil))
            return 0;
        try
        {
            return await ask(redis) is { IsNull: false } count ? (long)count : 0;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            Volatile.Write(ref _awayUntil, clock.GetTimestamp() + (long)(Pause.TotalSeconds * clock.TimestampFrequency));
            Log.FailuresCountedAlone(logger, error.Message);
            return 0;
        }
    }

    private bool IsOpen(Window window) => clock.GetElapsedTime(window.Start) < options.Value.FailureWindow;

    // What is over is forgotten; if that is not enough, everything is: memory has a bound, and Redis still counts.
    private void Prune()
    {
        foreach (var (network, window) in _windows)
        {
            if (!IsOpen(window))
                _windows.TryRemove(KeyValuePair.Create(network, window));
        }
        if (_windows.Count >= Capacity)
            _windows.Clear();
    }

    private static string KeyOf(IPAddress network) => $"mail:login-failures:{network}";

    private readonly record struct Window(long Start, int Failures);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Failed log-ins are counted by this process alone until Redis is back: {Reason}")]
        public static partial void FailuresCountedAlone(ILogger logger, string reason);
    }
}
