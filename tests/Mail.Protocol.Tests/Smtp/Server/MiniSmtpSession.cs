using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Smtp.Server;

/// <summary>
/// The server side put together as a host would: line reader, parser, state table, data reader. It takes mail for
/// <c>@local.test</c> and for Postmaster.
/// </summary>
internal sealed class MiniSmtpSession(Stream transport, SslServerAuthenticationOptions? tls, long maxOctets = 100_000)
{
    private static readonly IReadOnlySet<string> Extra = new HashSet<string> { "XTRACE" };

    private readonly ArrayBufferWriter<byte> _message = new();
    private Stream _stream = transport;
    private PipeReader _input = PipeReader.Create(transport);
    private SmtpLineReader _lines = null!;
    private SmtpSessionState _state;
    private SmtpCommand.Mail? _mail;
    private bool _encrypted;

    public List<byte[]> Messages { get; } = [];

    private SmtpSessionFlags Flags => SmtpSessionFlags.ChunkingOffered
        | (tls is null ? SmtpSessionFlags.None : SmtpSessionFlags.TlsOffered)
        | (_encrypted ? SmtpSessionFlags.TlsActive : SmtpSessionFlags.None);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _lines = new SmtpLineReader(_input);
        await SendAsync(SmtpReplies.Greeting("mx.local.test"), cancellationToken);
        while (true)
        {
            var line = await _lines.ReadAsync(SmtpLimits.MaxCommandLineOctets, cancellationToken);
            if (line.Status is SmtpLineStatus.Closed)
                return;
            var reply = line.Status switch
            {
                SmtpLineStatus.Line => await HandleAsync(SmtpCommandParser.Parse(line.Octets.Span, Extra), cancellationToken),
                SmtpLineStatus.TooLong => SmtpReplies.LineTooLong,
                SmtpLineStatus.BareLineEnd => SmtpReplies.BareLineEnd,
                _ => SmtpReplies.TooManyErrors,
            };
            if (reply is not null)
                await SendAsync(reply, cancellationToken);
            if (reply is { ClosesConnection: true })
                return;
        }
    }

    private async Task<SmtpReply?> HandleAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        var transition = SmtpStateTable.Lookup(_state, command.Verb, Flags);
        if (command is SmtpCommand.Bdat chunk)
            return await BdatAsync(chunk, transition.Refusal, cancellationToken);
        if (command is SmtpCommand.Invalid { Reply.ClosesConnection: true } fatal)
            return fatal.Reply;
        if (transition.Refusal is { } refusal)
            return refusal;
        var reply = command is SmtpCommand.Invalid invalid ? invalid.Reply : await RunAsync(command, cancellationToken);
        if (reply is null or { Code: < 400 } || command is SmtpCommand.Data)
            _state = transition.Next;
        return reply;
    }

    private async Task<SmtpReply?> RunAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case SmtpCommand.Helo:
                return SmtpReplies.Helo("mx.local.test");
            case SmtpCommand.Ehlo:
                return SmtpReplies.Ehlo("mx.local.test", Extensions());
            case SmtpCommand.StartTls:
                return await StartTlsAsync(cancellationToken);
            case SmtpCommand.Mail mail:
                _mail = mail;
                _message.Clear();
                return mail.Size > maxOctets ? SmtpReplies.MessageTooBig : SmtpReplies.SenderOk;
            case SmtpCommand.Rcpt rcpt:
                return Rcpt(rcpt);
            case SmtpCommand.Data:
                return await DataAsync(cancellationToken);
            case SmtpCommand.Vrfy:
                return SmtpReplies.CannotVerify;
            case SmtpCommand.Help:
                return SmtpReplies.Help;
            case SmtpCommand.Quit:
                return SmtpReplies.Bye;
            default:
                return SmtpReplies.Ok;
        }
    }

    private SmtpReply Rcpt(SmtpCommand.Rcpt rcpt)
    {
        if (rcpt.ForwardPath.RequiresSmtpUtf8 && !_mail!.Utf8)
            return SmtpReplies.Utf8NotRequested;
        var domain = rcpt.ForwardPath.Domain;
        return domain.Length == 0 || domain.Equals("local.test", StringComparison.OrdinalIgnoreCase)
            ? SmtpReplies.RecipientOk
            : new SmtpReply(554, "5.7.1", "Relay access denied");
    }

    private async Task<SmtpReply> DataAsync(CancellationToken cancellationToken)
    {
        await SendAsync(SmtpReplies.StartMailInput, cancellationToken);
        var result = await SmtpDataReader.ReadAsync(_input, _message, maxOctets, cancellationToken);
        if (result.Refusal is { } refusal)
            return refusal;
        Messages.Add(_message.WrittenSpan.ToArray());
        return SmtpReplies.Queued($"m{Messages.Count}");
    }

    private async Task<SmtpReply> BdatAsync(SmtpCommand.Bdat chunk, SmtpReply? refusal, CancellationToken cancellationToken)
    {
        // RFC 3030 §2: the octets follow the command whatever the reply will be.
        var allowed = refusal is null ? maxOctets - _message.WrittenCount : 0;
        var result = await BdatReader.ReadAsync(_input, _message, chunk.Octets, allowed, cancellationToken);
        if ((refusal ?? result.Refusal) is { } problem)
            return problem;
        _state = chunk.IsLast ? SmtpSessionState.Ready : SmtpSessionState.Chunks;
        if (!chunk.IsLast)
            return SmtpReplies.ChunkReceived(chunk.Octets);
        Messages.Add(_message.WrittenSpan.ToArray());
        return SmtpReplies.Queued($"m{Messages.Count}");
    }

    private async Task<SmtpReply?> StartTlsAsync(CancellationToken cancellationToken)
    {
        if (_lines.HasBuffered())
            return SmtpReplies.BadSequence.AndClose();
        await SendAsync(SmtpReplies.ReadyToStartTls, cancellationToken);
        var encrypted = new SslStream(_stream);
        await encrypted.AuthenticateAsServerAsync(tls!, cancellationToken);
        (_stream, _input, _encrypted) = (encrypted, PipeReader.Create(encrypted), true);
        _lines = new SmtpLineReader(_input);
        return null;
    }

    private IEnumerable<string> Extensions()
    {
        yield return "PIPELINING";
        yield return $"SIZE {maxOctets}";
        yield return "8BITMIME";
        yield return "SMTPUTF8";
        yield return "DSN";
        yield return "CHUNKING";
        yield return "ENHANCEDSTATUSCODES";
        if (tls is not null && !_encrypted)
            yield return "STARTTLS";
    }

    private async Task SendAsync(SmtpReply reply, CancellationToken cancellationToken) =>
        await _stream.WriteAsync(reply.Wire, cancellationToken);
}
