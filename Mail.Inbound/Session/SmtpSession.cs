using System.IO.Pipelines;
using System.Net;
using Mail.Inbound.Bodies;
using Mail.Inbound.Submission;
using Mail.Protocol.Smtp;
using Microsoft.AspNetCore.Connections;

namespace Mail.Inbound.Session;

/// <summary>
/// One connection: read a line, ask the state table, let the verb's handler answer, write the reply. Everything a
/// handler may touch is here; handlers return replies and never write to the wire themselves.
/// </summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    // A client that sends without end must not make us hold all its replies.
    private const int MaxUnflushedOctets = 4096;
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);
    private static readonly SmtpReply TalkedEarly = new SmtpReply(554, "5.5.1", "Wait for the greeting").AndClose();
    // RFC 5321 §3.8; 4.7.0 RFC 3463 §3.8.
    private static readonly SmtpReply TooManyCommands = new SmtpReply(421, "4.7.0", "Too many commands, connect again").AndClose();

    private readonly VerbHandlers _handlers;
    private readonly SessionDeadline _deadline;
    private readonly long _startedAt;
    private readonly MessageBody _body;
    private SmtpLineReader _lines;
    private IDuplexPipe _transport;
    private volatile bool _awaitsCommand;
    private CancellationToken _stopping;
    private int _commands;
    private int _errors;

    public SmtpSession(
        ConnectionContext connection, IPAddress client, SmtpServer server, SmtpService service, VerbHandlers handlers, BodyWriter writer)
    {
        _handlers = handlers;
        _startedAt = server.Clock.GetTimestamp();
        Server = server;
        Service = service;
        _transport = connection.Transport;
        _lines = new SmtpLineReader(_transport.Input);
        _body = new MessageBody(writer, server.Options.MaxMessageBytes);
        _deadline = new SessionDeadline(server.Clock, () => _transport.Input.CancelPendingRead(), connection.Abort);
        Flags = service.Flags;
        ClientAddress = client;
    }

    public SmtpServer Server { get; }

    public SmtpService Service { get; }

    /// <summary>Who has logged in; null for mail from other servers.</summary>
    public SubmissionLogin? Login { get; private set; }

    public SmtpSessionFlags Flags { get; private set; }

    public string HelloName { get; set; } = "";

    public bool IsExtended { get; set; }

    public MailTransaction? Transaction { get; set; }

    public IPAddress ClientAddress { get; }

    /// <summary>The octets of the message that has been read, until <see cref="Reset"/>.</summary>
    public MessageBody Body => _body;

    /// <summary>Something was sent ahead of our reply.</summary>
    public bool HasBuffered => _lines.HasBuffered();

    public async Task RunAsync(CancellationToken stopping)
    {
        _stopping = stopping;
        await using var stop = stopping.Register(InterruptWaiting);
        if (Service.IsTlsFirst && !await UpgradeAsync())
            return;
        // RFC 5321 §3.1 and §4.3.1: a client waits for the greeting. One that does not would not read replies either.
        var isEarly = !Service.IsTlsFirst && HasBuffered;
        Write(isEarly ? TalkedEarly : Server.Greeting);
        for (var state = isEarly ? SmtpSessionState.Closed : SmtpSessionState.Start; state != SmtpSessionState.Closed;)
        {
            var line = await ReadLineAsync(SmtpLimits.MaxCommandLineOctets);
            var (reply, next) = line.Status == SmtpLineStatus.Line
                ? await ExecuteAsync(line.Octets, state)
                : (ReplyTo(line.Status), state);
            if (reply is null)
                return;
            if (++_commands > Server.Options.MaxCommands)
                reply = TooManyCommands;
            // 4yz is our trouble or our limit, not the client's mistake.
            if (reply.IsPermanent && Transaction is not { IsPlayed: true } && ++_errors > Server.Options.MaxErrors)
                reply = SmtpReplies.TooManyErrors;
            state = reply.ClosesConnection ? SmtpSessionState.Closed : next;
            Write(reply);
            if (ReferenceEquals(reply, SmtpReplies.ReadyToStartTls) && !await UpgradeAsync())
                return;
        }
        await CloseAsync();
    }

    /// <summary>Tells the client of a failure that is ours; the session cannot go on.</summary>
    public ValueTask FailAsync()
    {
        Write(SmtpReplies.LocalError);
        return CloseAsync();
    }

    /// <summary>Ends the transaction, if there is one.</summary>
    public void Reset()
    {
        Transaction?.Activity?.Dispose();
        Transaction = null;
        _body.Clear();
    }

    public void LogIn(SubmissionLogin login)
    {
        Login = login;
        Flags |= SmtpSessionFlags.Authenticated;
    }

    /// <summary>Sends a challenge of AUTH and reads the line that answers it (RFC 4954 §4).</summary>
    public ValueTask<SmtpLine> AskAsync(SmtpReply challenge)
    {
        Write(challenge);
        return ReadLineAsync(SmtpLimits.MaxAuthLineOctets);
    }

    /// <summary>The reply to a line that is none; null when there is nobody to reply to.</summary>
    public SmtpReply? ReplyTo(SmtpLineStatus status) => status switch
    {
        SmtpLineStatus.TooLong => SmtpReplies.LineTooLong,
        SmtpLineStatus.BareLineEnd => SmtpReplies.BareLineEnd,
        SmtpLineStatus.Flooded => null,
        SmtpLineStatus.Closed => null,
        SmtpLineStatus.Interrupted => _stopping.IsCancellationRequested ? SmtpReplies.ShuttingDown : SmtpReplies.IdleTimeout,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    /// <summary>Reads the message behind DATA into <see cref="Body"/>.</summary>
    public async ValueTask<SmtpDataResult> ReadDataAsync()
    {
        Write(SmtpReplies.StartMailInput);
        await StartDataAsync();
        var read = await _body.ReadDataAsync(_transport.Input);
        _deadline.Start(Server.Options.CommandTimeout);
        return read;
    }

    /// <summary>Reads the chunk behind BDAT and appends it to <see cref="Body"/>.</summary>
    public async ValueTask<SmtpDataResult> ReadChunkAsync(long octets, bool isLast)
    {
        await StartDataAsync();
        var read = await _body.ReadChunkAsync(_transport.Input, octets, isLast);
        _deadline.Start(Server.Options.CommandTimeout);
        return read;
    }

    public async ValueTask DisposeAsync()
    {
        Reset();
        _body.Dispose();
        _deadline.Dispose();
        if (_transport is TlsPipe tls)
            await tls.DisposeAsync();
    }

    private async ValueTask<SmtpLine> ReadLineAsync(int maxOctets)
    {
        var left = Server.Options.SessionTimeout - Server.Clock.GetElapsedTime(_startedAt);
        _deadline.Start(left < Server.Options.CommandTimeout && left > TimeSpan.Zero ? left : Server.Options.CommandTimeout);
        _awaitsCommand = true;
        if (_stopping.IsCancellationRequested || left <= TimeSpan.Zero)
            return new SmtpLine(SmtpLineStatus.Interrupted, default);
        var reading = _lines.ReadAsync(maxOctets, CancellationToken.None);
        // RFC 2920 §3.2: the replies to pipelined commands go out together, but before we wait.
        if (!reading.IsCompleted)
        {
            await FlushAsync();
        }
        else if (_transport.Output.UnflushedBytes > MaxUnflushedOctets)
        {
            await FlushAsync();
            // Who has sent thousands of commands ahead does not keep the sessions of others waiting for a thread.
            await Task.Yield();
        }
        var line = await reading;
        _awaitsCommand = false;
        return line;
    }

    private async ValueTask<(SmtpReply? Reply, SmtpSessionState Next)> ExecuteAsync(ReadOnlyMemory<byte> line, SmtpSessionState state)
    {
        var command = SmtpCommandParser.Parse(line.Span, Server.MailParameters);
        // Octets follow whose number is not known: whatever the state, they cannot be told from commands.
        if (command is SmtpCommand.Invalid { Verb: SmtpVerb.Bdat } malformed)
            return (malformed.Reply.AndClose(), state);
        var transition = SmtpStateTable.Lookup(state, command.Verb, Flags);
        if (transition.Refusal is { } refusal)
            return (command is SmtpCommand.Bdat chunk ? await SkipChunkAsync(chunk.Octets, refusal) : refusal, state);
        var reply = await _handlers.HandleAsync(command, this);
        return command switch
        {
            _ when reply is null => (null, state),
            SmtpCommand.Invalid => (reply, state),
            // RFC 5321 §4.1.1.4, RFC 3030 §2: the end of the data ends the transaction, whatever it came to.
            SmtpCommand.Data => (reply, transition.Next),
            SmtpCommand.Bdat { IsLast: true } => (reply, SmtpSessionState.Ready),
            SmtpCommand.Bdat => (reply, transition.Next),
            _ => (reply, reply.Code < 400 ? transition.Next : state),
        };
    }

    // The octets behind a refused BDAT are on their way all the same, and must not be taken for commands.
    private async ValueTask<SmtpReply?> SkipChunkAsync(long octets, SmtpReply refusal)
    {
        if (octets > Server.Options.MaxMessageBytes)
            return refusal.AndClose();
        await StartDataAsync();
        return await _body.SkipChunkAsync(_transport.Input, octets) switch
        {
            SmtpDataStatus.Disconnected => null,
            SmtpDataStatus.Interrupted => SmtpReplies.IdleTimeout,
            _ => refusal,
        };
    }

    private ValueTask StartDataAsync()
    {
        _deadline.Start(Server.Options.DataTimeout);
        return FlushAsync();
    }

    private async ValueTask<bool> UpgradeAsync()
    {
        await FlushAsync();
        _deadline.Start(HandshakeTimeout);
        var upgraded = await TlsUpgrade.AcceptAsync(_transport, Server.Certificates.Current!, _stopping);
        if (upgraded is null)
            return false;
        _transport = upgraded;
        _lines = new SmtpLineReader(upgraded.Input);
        // RFC 3207 §4.2: what was said before the handshake is forgotten.
        HelloName = "";
        IsExtended = false;
        Flags |= SmtpSessionFlags.TlsActive;
        return true;
    }

    // The server stops. A message that is on its way may still arrive; after it the session ends.
    private void InterruptWaiting()
    {
        if (_awaitsCommand)
            _transport.Input.CancelPendingRead();
    }

    private async ValueTask CloseAsync()
    {
        await FlushAsync();
        if (_transport is TlsPipe tls)
            await tls.ShutdownAsync();
    }

    private void Write(SmtpReply reply) => reply.WriteTo(_transport.Output);

    private async ValueTask FlushAsync()
    {
        if ((await _transport.Output.FlushAsync()).IsCompleted)
            throw new ConnectionResetException("The client takes no more replies.");
    }
}
