using System.Buffers;
using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>
/// The octets of one connection: buffered commands out, replies in, a deadline on everything. The first failure stays in
/// <see cref="Failure"/> and ends the channel.
/// </summary>
internal sealed class SmtpChannel : IAsyncDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private readonly SmtpReplyCache _cache = new();
    private readonly ITimer _timer;
    private Stream _stream;
    private byte[] _input = new byte[4096];
    private int _start;
    private int _end;
    private int _commandStart;
    private bool _armed;
    private volatile bool _timedOut;
    private volatile bool _cancelled;

    public SmtpChannel(Stream stream, TimeProvider timeProvider, SmtpTranscript? transcript)
    {
        _stream = stream;
        Transcript = transcript;
        _timer = timeProvider.CreateTimer(OnTimeout, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Stream Stream => _stream;

    public SmtpTranscript? Transcript { get; set; }

    /// <summary>Where commands are written before <see cref="FlushAsync"/>.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new(4096);

    /// <summary>Why the channel ended; null while it can be used.</summary>
    public SmtpFailure? Failure { get; private set; }

    /// <summary>Octets have arrived that no reply was read from.</summary>
    public bool HasBufferedInput => _end > _start;

    /// <summary>Aborts what runs when the caller cancels; dispose the result when the operation is over.</summary>
    public CancellationTokenRegistration Bind(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static channel => ((SmtpChannel)channel!).Cancel(), this);

    /// <summary>Call after each command written to <see cref="Output"/>; what <paramref name="secret"/> says replaces the text in transcripts.</summary>
    public void EndCommand(SmtpStage stage, string? secret = null)
    {
        if (Transcript is { } transcript)
            transcript.Add(stage, SmtpSpeaker.Client, secret ?? Encoding.UTF8.GetString(Output.WrittenSpan[_commandStart..^2]));
        _commandStart = Output.WrittenCount;
    }

    /// <summary>Sends <see cref="Output"/> in one write; false when the channel failed.</summary>
    public async ValueTask<bool> FlushAsync(SmtpStage stage, TimeSpan timeout)
    {
        if (Failure is not null)
            return false;
        try
        {
            var write = _stream.WriteAsync(Output.WrittenMemory, _abort.Token);
            if (!write.IsCompletedSuccessfully)
                Arm(timeout);
            await write;
            Disarm();
            Output.ResetWrittenCount();
            _commandStart = 0;
            return true;
        }
        catch (Exception exception) when (IsConnectionFailure(exception))
        {
            // A server that hangs up early has often said why; the reply may still be in the receive buffer.
            var parting = _timedOut || _cancelled ? null : await ReadPartingReplyAsync();
            Fail(parting is { Code: >= 400 } ? new SmtpFailure(stage, SmtpCause.Refused, parting) : Lost(stage, exception));
            return false;
        }
    }

    /// <summary>Reads one reply; null when the channel failed.</summary>
    public async ValueTask<SmtpReply?> ReadReplyAsync(SmtpStage stage, TimeSpan timeout)
    {
        if (Failure is not null)
            return null;
        try
        {
            var status = Parse(out var reply);
            while (status == SmtpReplyStatus.NeedMore)
            {
                var read = ReadMoreAsync();
                // Armed once: a reply that drips in has no more time than one that comes at once.
                if (!_armed && !read.IsCompletedSuccessfully)
                    Arm(timeout);
                if (await read == 0)
                    return Fail(new SmtpFailure(stage, SmtpCause.ConnectionLost, Detail: "the server closed the connection"));
                status = Parse(out reply);
            }
            Disarm();
            return status == SmtpReplyStatus.Complete ? Record(stage, reply!) : Fail(Garbage(stage, status));
        }
        catch (Exception exception) when (IsConnectionFailure(exception))
        {
            return Fail(Lost(stage, exception));
        }
    }

    /// <summary>Replaces the stream by an encrypted one over it. The buffer must be empty: RFC 3207 §6 and the injection attacks.</summary>
    public async ValueTask<SmtpTlsFacts?> UpgradeAsync(SmtpTlsUpgrade upgrade, SmtpStage stage, TimeSpan timeout)
    {
        try
        {
            Arm(timeout);
            var tls = await upgrade.RunAsync(_stream, _abort.Token);
            Disarm();
            _stream = tls;
            Transcript?.Add(stage, SmtpSpeaker.Note, $"{tls.SslProtocol} {tls.NegotiatedCipherSuite}");
            return upgrade.Facts(tls);
        }
        catch (Exception exception) when (_timedOut || _cancelled || IsConnectionFailure(exception)
            || exception is System.Security.Authentication.AuthenticationException)
        {
            Fail(_timedOut || _cancelled ? Lost(stage, exception) : upgrade.Failure(stage, exception));
            return null;
        }
    }

    /// <summary>Cancelled when the caller cancels or a deadline passes.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Ends the channel after an exception of the caller's content, which may be the channel's own abortion coming back.</summary>
    public bool FailContent(Exception exception)
    {
        var ours = exception is OperationCanceledException && _abort.IsCancellationRequested;
        Fail(ours ? Lost(SmtpStage.Data, exception)
            : new SmtpFailure(SmtpStage.Data, SmtpCause.ConnectionLost, Detail: "the content could not be read"));
        return ours;
    }

    /// <summary>Ends the channel with a failure found outside, unless it has one already.</summary>
    public SmtpReply? Fail(SmtpFailure failure)
    {
        Disarm();
        if (Failure is null)
        {
            Failure = failure;
            Transcript?.Add(failure.Stage, SmtpSpeaker.Note, failure.Detail ?? failure.Cause.ToString());
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _stream.DisposeAsync();
        // _abort stays: a late cancellation may still reach it, and without timer it holds nothing.
    }

    private SmtpReply Record(SmtpStage stage, SmtpReply reply)
    {
        Transcript?.Add(stage, SmtpSpeaker.Server, reply.ToString());
        return reply;
    }

    private async ValueTask<SmtpReply?> ReadPartingReplyAsync()
    {
        try
        {
            Arm(TimeSpan.FromSeconds(1));
            while (true)
            {
                var status = Parse(out var reply);
                if (status == SmtpReplyStatus.Complete && reply!.Code < 400)
                    continue; // positive replies to earlier commands of the group
                if (status != SmtpReplyStatus.NeedMore || await ReadMoreAsync() == 0)
                    return reply;
            }
        }
        catch (Exception exception) when (IsConnectionFailure(exception))
        {
            return null;
        }
    }

    private SmtpReplyStatus Parse(out SmtpReply? reply)
    {
        reply = null;
        if (_start == _end)
            return SmtpReplyStatus.NeedMore;
        var input = _input.AsSpan(_start, _end - _start);
        if (_cache.TryFind(input, out reply, out var consumed))
        {
            _start += consumed;
            return SmtpReplyStatus.Complete;
        }
        var status = SmtpReplyParser.TryParse(input, out reply, out consumed);
        if (reply is not null)
            _cache.Add(input[..consumed], reply);
        _start += consumed;
        return status;
    }

    private ValueTask<int> ReadMoreAsync()
    {
        if (_start == _end)
            _start = _end = 0;
        else if (_end == _input.Length)
            MakeRoom();
        var read = _stream.ReadAsync(_input.AsMemory(_end), _abort.Token);
        if (!read.IsCompletedSuccessfully)
            return Pending(read);
        var count = read.GetAwaiter().GetResult();
        _end += count;
        return new ValueTask<int>(count);

        async ValueTask<int> Pending(ValueTask<int> pending)
        {
            var length = await pending;
            _end += length;
            return length;
        }
    }

    private void MakeRoom()
    {
        // The parser refuses replies above its limit, so the buffer never grows past twice that.
        var length = _end - _start;
        var target = length > _input.Length / 2 ? new byte[_input.Length * 2] : _input;
        Buffer.BlockCopy(_input, _start, target, 0, length);
        (_input, _start, _end) = (target, 0, length);
    }

    private void Arm(TimeSpan timeout)
    {
        _armed = true;
        _timer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    private void Disarm()
    {
        if (!_armed)
            return;
        _armed = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void OnTimeout(object? state)
    {
        _timedOut = true;
        _abort.Cancel();
    }

    private void Cancel()
    {
        _cancelled = true;
        _abort.Cancel();
    }

    private static bool IsConnectionFailure(Exception exception) =>
        exception is IOException or System.Net.Sockets.SocketException or ObjectDisposedException or OperationCanceledException;

    private SmtpFailure Lost(SmtpStage stage, Exception exception) => _timedOut
        ? new SmtpFailure(stage, SmtpCause.Timeout, Detail: "no answer in time")
        : _cancelled ? new SmtpFailure(stage, SmtpCause.Cancelled, Detail: "cancelled")
        : new SmtpFailure(stage, SmtpCause.ConnectionLost, Detail: exception.Message);

    private SmtpFailure Garbage(SmtpStage stage, SmtpReplyStatus status)
    {
        var detail = status == SmtpReplyStatus.TooLong ? "the server's reply is too long" : "the server does not speak SMTP";
        return new SmtpFailure(stage, SmtpCause.ProtocolError, Detail: detail);
    }
}
