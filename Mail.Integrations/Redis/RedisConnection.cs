using System.Buffers;
using System.IO.Pipelines;

namespace Mail.Integrations.Redis;

/// <summary>
/// One signed-in connection, shared by all callers: commands are appended to a buffer that a writer loop empties, answers come back
/// in the same order. Nobody waits for the network to write. The first thing that goes wrong ends the connection and every command on it.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private const int MaxPending = 100_000;
    private const int MaxBufferedBytes = 64 * 1024 * 1024;
    private const int KeptBufferBytes = 1024 * 1024;

    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly Action<RedisResult>? _onMessage;
    private readonly RespParser _parser = new(RespLimits.Default);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _writable = new(0);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Queue<Pending> _pending = new();
    private ArrayBufferWriter<byte> _outgoing = new();
    private ArrayBufferWriter<byte> _sending = new();
    private Exception? _failure;
    private ITimer? _watchdog;
    private Task _loops = Task.CompletedTask;
    private long _lastAnswer;

    /// <param name="stream">Connected, TLS included.</param>
    /// <param name="time">Measures time-outs.</param>
    /// <param name="onMessage">Gets published messages; set on the connection that subscribes.</param>
    public RedisConnection(Stream stream, TimeProvider time, Action<RedisResult>? onMessage = null)
    {
        _stream = stream;
        _time = time;
        _onMessage = onMessage;
        _lastAnswer = time.GetTimestamp();
    }

    /// <summary>Ends, never failing, when the connection does.</summary>
    public Task Closed => _closed.Task;

    public bool IsOpen => Failure is null;

    public Exception? Failure
    {
        get
        {
            lock (_gate) return _failure;
        }
    }

    public void Start() => _loops = Task.WhenAll(Task.Run(ReadLoopAsync), Task.Run(WriteLoopAsync));

    /// <summary>From now on an answer that takes longer than <paramref name="timeout"/> ends the connection, and silence is probed.</summary>
    public void Watch(TimeSpan timeout, TimeSpan keepAlive) =>
        _watchdog = _time.CreateTimer(_ => CheckTimes(timeout, keepAlive), null, timeout / 4, timeout / 4);

    /// <exception cref="RedisConnectionException">The connection has ended, or too much is waiting on it.</exception>
    /// <exception cref="RedisServerException">Redis answered with an error.</exception>
    public Task<RedisResult> SendAsync(params ReadOnlySpan<RedisValue> command)
    {
        var size = 0L;
        foreach (var argument in command) size += argument.Bytes.Length;
        if (size > MaxBufferedBytes) throw new ArgumentException("The command is too large.", nameof(command));
        var answer = new TaskCompletionSource<RedisResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_failure is { } failure) return Task.FromException<RedisResult>(failure);
            if (_pending.Count >= MaxPending || _outgoing.WrittenCount + size > MaxBufferedBytes)
                return Task.FromException<RedisResult>(new RedisConnectionException("Too many commands wait for Redis."));
            var idle = _outgoing.WrittenCount == 0;
            RespWriter.Write(_outgoing, command);
            _pending.Enqueue(new Pending(answer, _time.GetTimestamp()));
            if (idle) _writable.Release();
        }
        return answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        Fail(new RedisConnectionException("The connection to Redis was closed by the client."));
        await _loops;
        if (_watchdog is { } watchdog) await watchdog.DisposeAsync();
        await _stream.DisposeAsync();
        _stop.Dispose();
        _writable.Dispose();
    }

    private async Task WriteLoopAsync()
    {
        try
        {
            while (true)
            {
                await _writable.WaitAsync(_stop.Token);
                lock (_gate) (_sending, _outgoing) = (_outgoing, _sending);
                await _stream.WriteAsync(_sending.WrittenMemory, _stop.Token);
                await _stream.FlushAsync(_stop.Token);
                if (_sending.Capacity > KeptBufferBytes) _sending = new ArrayBufferWriter<byte>();
                else _sending.ResetWrittenCount();
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private async Task ReadLoopAsync()
    {
        var reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(_stop.Token);
                var buffer = read.Buffer;
                while (_parser.TryRead(ref buffer, out var result)) Dispatch(result);
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted) throw new RedisConnectionException("Redis closed the connection.");
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private void Dispatch(RedisResult result)
    {
        Volatile.Write(ref _lastAnswer, _time.GetTimestamp());
        if (IsOutOfBand(result))
        {
            _onMessage?.Invoke(result);
            return;
        }
        Pending pending;
        lock (_gate)
        {
            if (!_pending.TryDequeue(out pending)) throw new RedisProtocolException("Redis sent an answer that nobody asked for.");
        }
        if (result.Kind == RedisResultKind.Error) pending.Answer.TrySetException(new RedisServerException(result.Value.ToString()));
        else pending.Answer.TrySetResult(result);
    }

    /// <summary>
    /// Published messages are pushes in RESP3 and plain arrays in RESP2. The confirmations of SUBSCRIBE and UNSUBSCRIBE, pushes too,
    /// are the answers to these commands: each command here names one channel, so there is one for each.
    /// </summary>
    private bool IsOutOfBand(RedisResult result)
    {
        if (result.Items.Count == 0) return false;
        var isMessage = result[0].Value == "message";
        var isConfirmation = result[0].Value == "subscribe" || result[0].Value == "unsubscribe";
        return result.Kind == RedisResultKind.Push ? !isConfirmation : _onMessage is not null && result.Kind == RedisResultKind.Array && isMessage;
    }

    private void CheckTimes(TimeSpan timeout, TimeSpan keepAlive)
    {
        bool late, silent;
        lock (_gate)
        {
            late = _pending.TryPeek(out var oldest) && _time.GetElapsedTime(oldest.SentAt) >= timeout;
            silent = _pending.Count == 0 && _time.GetElapsedTime(Volatile.Read(ref _lastAnswer)) >= keepAlive;
        }
        if (late) Fail(new RedisTimeoutException($"Redis did not answer within {timeout.TotalMilliseconds:0} ms."));
        // Only the watchdog looks at the answer: it must come in time.
        else if (silent) _ = SendAsync("PING").ContinueWith(static probe => _ = probe.Exception, TaskScheduler.Default);
    }

    private void Fail(Exception cause)
    {
        Pending[] lost;
        var failure = cause as RedisException ?? new RedisConnectionException("The connection to Redis broke.", cause);
        lock (_gate)
        {
            if (_failure is not null) return;
            _failure = failure;
            lost = [.. _pending];
            _pending.Clear();
        }
        foreach (var pending in lost) pending.Answer.TrySetException(failure);
        _stop.Cancel();
        _closed.TrySetResult();
    }

    private readonly record struct Pending(TaskCompletionSource<RedisResult> Answer, long SentAt);
}
