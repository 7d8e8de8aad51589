using Microsoft.Extensions.Logging;

namespace Mail.Integrations.Redis;

/// <summary>Keeps one connection alive: connects on first use, again after every loss, and tells callers at once when there is none.</summary>
internal sealed partial class RedisLink(
    RedisConfiguration configuration,
    TimeProvider time,
    ILogger logger,
    Action<RedisResult>? onMessage = null,
    Func<RedisConnection, Task>? onConnected = null) : IAsyncDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _firstAttempt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Task? _run;
    private volatile RedisConnection? _current;
    private volatile Exception? _lastFailure;

    public bool IsConnected => _current is { IsOpen: true };

    /// <summary>The live connection. Waits only for the very first attempt to connect, and not beyond the command time-out.</summary>
    /// <exception cref="RedisException">There is none.</exception>
    public async ValueTask<RedisConnection> GetAsync(CancellationToken cancellationToken)
    {
        if (_current is { IsOpen: true } live) return live;
        EnsureRunning();
        try
        {
            await _firstAttempt.Task.WaitAsync(configuration.SyncTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RedisTimeoutException($"Still connecting to Redis at {configuration} after {configuration.SyncTimeout.TotalMilliseconds:0} ms.");
        }
        return _current is { IsOpen: true } connected
            ? connected
            : throw new RedisConnectionException($"Redis at {configuration} cannot be reached.", _lastFailure);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task? run;
        lock (_gate) run = _run;
        if (run is not null) await run;
        _stop.Dispose();
    }

    private void EnsureRunning()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, typeof(RedisClient));
            if (_run is not null) return;
            // The loop outlives the request that started it: it must not carry that request's trace.
            using (ExecutionContext.SuppressFlow()) _run = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            var startedAt = time.GetTimestamp();
            await LiveOnceAsync(failures);
            // A connection that lived for a while starts the back-off anew; one that dies at once does not.
            failures = time.GetElapsedTime(startedAt) > LongestDelay ? 1 : failures + 1;
            await Task.Delay(Delay(failures), time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One connection from attempt to end.</summary>
    private async Task LiveOnceAsync(int failures)
    {
        try
        {
            await using var connection = await RedisHandshake.OpenAsync(configuration, time, onMessage, _stop.Token);
            _current = connection;
            RedisTelemetry.Connected(configuration);
            Log.Connected(logger, configuration.Host, configuration.Port);
            _firstAttempt.TrySetResult();
            if (onConnected is not null) await onConnected(connection);
            await connection.Closed.WaitAsync(_stop.Token);
            _lastFailure = connection.Failure;
            Log.Lost(logger, configuration.Host, configuration.Port, connection.Failure);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _lastFailure = new ObjectDisposedException(nameof(RedisClient));
        }
        catch (Exception failure)
        {
            // Whatever it was, the next attempt may succeed; nobody else would start one.
            _lastFailure = failure;
            // Once per outage, not once per attempt.
            if (failures == 0) Log.Unreachable(logger, configuration.Host, configuration.Port, failure);
        }
        finally
        {
            _current = null;
            _firstAttempt.TrySetResult();
        }
    }

    private static TimeSpan Delay(int failures)
    {
        var exponential = FirstDelay * Math.Pow(2, Math.Min(failures - 1, 10));
        var bounded = exponential < LongestDelay ? exponential : LongestDelay;
        return bounded * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Connected to Redis at {Host}:{Port}")]
        public static partial void Connected(ILogger logger, string host, int port);

        [LoggerMessage(LogLevel.Warning, "Lost the connection to Redis at {Host}:{Port}; connecting again")]
        public static partial void Lost(ILogger logger, string host, int port, Exception? reason);

        [LoggerMessage(LogLevel.Warning, "Redis at {Host}:{Port} cannot be reached; trying on")]
        public static partial void Unreachable(ILogger logger, string host, int port, Exception reason);
    }
}
