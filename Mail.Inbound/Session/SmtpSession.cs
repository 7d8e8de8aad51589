using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Mail.Protocol.Smtp;
using Microsoft.AspNetCore.Connections;

namespace Mail.Inbound.Session;

/// <summary>
/// One connection: read a line, ask the state table, let the verb's handler answer, write the reply. Everything a
/// handler may touch is here; handlers return replies and never write to the wire themselves.
/// </summary>
internal sealed class SmtpSession : IDisposable
{
    // Unlimited: what may be buffered is bounded by MaxMessageBytes where it is read.
    private static readonly PipeOptions BodyOptions = new(pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly ConnectionContext _connection;
    private readonly SessionDeadline _deadline;
    private readonly Pipe _body = new(BodyOptions);
    private SmtpLineReader _lines;
    private IDuplexPipe _transport;
    private long _bodyOctets;
    private int _errors;

    public SmtpSession(ConnectionContext connection, SmtpServer server)
    {
        _connection = connection;
        Server = server;
        _transport = connection.Transport;
        _lines = new SmtpLineReader(_transport.Input);
        _deadline = new SessionDeadline(server.Clock, () => _transport, connection.Abort);
        Flags = server.Flags;
    }

    public SmtpServer Server { get; }

    public SmtpSessionFlags Flags { get; private set; }

    public string HelloName { get; set; } = "";

    public bool IsExtended { get; set; }

    public MailTransaction? Transaction { get; set; }

    public IPAddress? ClientAddress => (_connection.RemoteEndPoint as IPEndPoint)?.Address;

    /// <summary>How the Received field names the protocol: RFC 3848.</summary>
    public string ProtocolName =>
        (IsExtended ? "ESMTP" : "SMTP") + (IsExtended && Flags.HasFlag(SmtpSessionFlags.TlsActive) ? "S" : "");

    /// <summary>The octets of the message that has been read, until <see cref="Reset"/>.</summary>
    public ReadOnlySequence<byte> Body { get; private set; }

    /// <summary>Something was sent ahead of our reply.</summary>
    public bool HasBuffered => _lines.HasBuffered();

    public async Task RunAsync(CancellationToken stopping)
    {
        await using var stop = stopping.Register(_deadline.Interrupt);
        await WriteAsync(SmtpReplies.Greeting(Server.HostName), flush: true);
        for (var state = SmtpSessionState.Start; state != SmtpSessionState.Closed;)
        {
            _deadline.Start(Server.Options.CommandTimeout);
            var line = await _lines.ReadAsync(SmtpLimits.MaxCommandLineOctets, CancellationToken.None);
            var (reply, next) = line.Status == SmtpLineStatus.Line
                ? await ExecuteAsync(line.Octets, state)
                : (ReplyTo(line.Status, stopping.IsCancellationRequested), state);
            if (reply is null)
                return;
            if (reply.Code >= 400 && ++_errors > Server.Options.MaxErrors)
                reply = SmtpReplies.TooManyErrors;
            state = reply.ClosesConnection ? SmtpSessionState.Closed : next;
            // RFC 2920 §3.2: the replies to pipelined commands go out together.
            await WriteAsync(reply, flush: state == SmtpSessionState.Closed || !HasBuffered);
            if (ReferenceEquals(reply, SmtpReplies.ReadyToStartTls) && !await UpgradeAsync(stopping))
                return;
        }
        if (_transport is TlsPipe tls)
            await tls.ShutdownAsync();
    }

    /// <summary>Ends the transaction, if there is one.</summary>
    public void Reset()
    {
        Transaction?.Activity?.Dispose();
        Transaction = null;
        if (_bodyOctets == 0)
            return;
        Body = default;
        _bodyOctets = 0;
        _body.Writer.Complete();
        _body.Reader.Complete();
        _body.Reset();
    }

    /// <summary>Reads the message behind DATA into <see cref="Body"/>.</summary>
    public async ValueTask<SmtpDataResult> ReadDataAsync()
    {
        await WriteAsync(SmtpReplies.StartMailInput, flush: true);
        _deadline.Start(Server.Options.DataTimeout);
        var read = await SmtpDataReader.ReadAsync(
            _transport.Input, _body.Writer, Server.Options.MaxMessageBytes, CancellationToken.None);
        await TakeBodyAsync(read.Length);
        return read;
    }

    /// <summary>Reads the chunk behind BDAT and appends it to <see cref="Body"/>.</summary>
    public async ValueTask<SmtpDataResult> ReadChunkAsync(long octets)
    {
        _deadline.Start(Server.Options.DataTimeout);
        var read = await BdatReader.ReadAsync(
            _transport.Input, _body.Writer, octets, Server.Options.MaxMessageBytes - _bodyOctets, CancellationToken.None);
        await TakeBodyAsync(read.Status == SmtpDataStatus.Complete ? read.Length : 0);
        return read;
    }

    public void Dispose()
    {
        Reset();
        _deadline.Dispose();
    }

    private async ValueTask<(SmtpReply? Reply, SmtpSessionState Next)> ExecuteAsync(ReadOnlyMemory<byte> line, SmtpSessionState state)
    {
        var command = SmtpCommandParser.Parse(line.Span, Server.MailParameters);
        var transition = SmtpStateTable.Lookup(state, command.Verb, Flags);
        if (transition.Refusal is { } refusal)
            return (await RefuseAsync(command, refusal), state);
        var reply = await Server.Handlers.HandleAsync(command, this);
        return command switch
        {
            _ when reply is null => (null, state),
            SmtpCommand.Invalid { Verb: SmtpVerb.Bdat } => (reply.AndClose(), state),
            SmtpCommand.Invalid => (reply, state),
            // RFC 5321 §4.1.1.4, RFC 3030 §2: the end of the data ends the transaction, whatever it came to.
            SmtpCommand.Data => (reply, transition.Next),
            SmtpCommand.Bdat { IsLast: true } => (reply, SmtpSessionState.Ready),
            SmtpCommand.Bdat => (reply, transition.Next),
            _ => (reply, reply.Code < 400 ? transition.Next : state),
        };
    }

    // The octets behind a refused BDAT are on their way all the same, and must not be taken for commands.
    private async ValueTask<SmtpReply?> RefuseAsync(SmtpCommand command, SmtpReply refusal)
    {
        if (command is SmtpCommand.Invalid { Verb: SmtpVerb.Bdat })
            return refusal.AndClose();
        if (command is not SmtpCommand.Bdat chunk)
            return refusal;
        if (chunk.Octets > Server.Options.MaxMessageBytes)
            return refusal.AndClose();
        _deadline.Start(Server.Options.DataTimeout);
        var drained = await BdatReader.ReadAsync(_transport.Input, _body.Writer, chunk.Octets, allowedOctets: -1, CancellationToken.None);
        return drained.Status is SmtpDataStatus.Disconnected ? null : refusal;
    }

    private async ValueTask TakeBodyAsync(long octets)
    {
        _bodyOctets += octets;
        if (_bodyOctets == 0)
            return;
        await _body.Writer.FlushAsync();
        if (_body.Reader.TryRead(out var read))
        {
            Body = read.Buffer;
            // Examined, not consumed: the next chunk comes behind it.
            _body.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static SmtpReply? ReplyTo(SmtpLineStatus status, bool isStopping) => status switch
    {
        SmtpLineStatus.TooLong => SmtpReplies.LineTooLong,
        SmtpLineStatus.BareLineEnd => SmtpReplies.BareLineEnd,
        SmtpLineStatus.Flooded => null,
        SmtpLineStatus.Closed => null,
        SmtpLineStatus.Interrupted => isStopping ? SmtpReplies.ShuttingDown : SmtpReplies.IdleTimeout,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    private async ValueTask<bool> UpgradeAsync(CancellationToken stopping)
    {
        var upgraded = await TlsUpgrade.AcceptAsync(_transport, Server.Certificates.Current!, stopping);
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

    private async ValueTask WriteAsync(SmtpReply reply, bool flush)
    {
        reply.WriteTo(_transport.Output);
        if (flush)
            await _transport.Output.FlushAsync();
    }
}
