using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Mail.TestKit.Smtp;

/// <summary>One connection of a scripted server. Shares no code with the library it tests.</summary>
internal sealed class ScriptedSmtpSession(ScriptedSmtpServer server, Stream transport, Socket socket)
{
    private readonly byte[] _input = new byte[64 * 1024];
    private readonly List<string> _recipients = [];
    private readonly MemoryStream _content = new();
    private Stream _stream = transport;
    private int _start;
    private int _end;
    private string _sender = "";
    private bool _encrypted;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (server.Script.ImplicitTls)
            await StartTlsAsync(cancellationToken);
        if (!await PlayAsync(SmtpScript.Connect, "", $"220 {server.Script.HostName} ESMTP", cancellationToken))
            return;
        while (await ReadLineAsync(cancellationToken) is { } octets)
        {
            var line = Encoding.UTF8.GetString(octets).TrimEnd('\r', '\n');
            server.Add(line);
            if (!await HandleAsync(line, cancellationToken))
                return;
        }
    }

    private async Task<bool> HandleAsync(string line, CancellationToken cancellationToken)
    {
        var verb = line.Split(' ', 2)[0].ToUpperInvariant();
        switch (verb)
        {
            case "EHLO":
                return await PlayAsync(_encrypted && server.Script.Has(SmtpScript.SecureEhlo) ? SmtpScript.SecureEhlo : verb, line, EhloReply(), cancellationToken);
            case "STARTTLS" when server.Script.Certificate is not null && !_encrypted:
                return await StartTlsAsync(line, cancellationToken);
            case "MAIL":
                _sender = line[(line.IndexOf(':') + 1)..];
                return await PlayAsync(verb, line, "250 2.1.0 sender ok", cancellationToken);
            case "RCPT":
                return await RcptAsync(line, cancellationToken);
            case "DATA":
                return await DataAsync(line, cancellationToken);
            case "BDAT":
                return await BdatAsync(line, cancellationToken);
            case "RSET":
                Clear();
                return await PlayAsync(verb, line, "250 2.0.0 reset", cancellationToken);
            case "AUTH":
                return await PlayAsync(verb, line, "235 2.7.0 welcome", cancellationToken);
            case "QUIT":
                await PlayAsync(verb, line, "221 2.0.0 bye", cancellationToken);
                return false;
            default:
                return await PlayAsync(verb, line, verb is "HELO" or "NOOP" ? "250 ok" : "500 5.5.2 what?", cancellationToken);
        }
    }

    private async Task<bool> RcptAsync(string line, CancellationToken cancellationToken)
    {
        var refusal = server.Script.Find("RCPT", line);
        if (refusal is not null and not SmtpStep.Send { Class: '2' })
            return await DoAsync(refusal, cancellationToken);
        _recipients.Add(line[(line.IndexOf(':') + 1)..]);
        return await DoAsync(refusal ?? SmtpStep.Reply("250 2.1.5 recipient ok"), cancellationToken);
    }

    private async Task<bool> DataAsync(string line, CancellationToken cancellationToken)
    {
        var step = server.Script.Find("DATA", line);
        if (step is SmtpStep.Gate gate)
        {
            await gate.Task.WaitAsync(cancellationToken);
            step = null;
        }
        if (step is not null)
        {
            var goesOn = await DoAsync(step, cancellationToken);
            if (!goesOn || step is not SmtpStep.Send { Class: '3' })
                return goesOn;
        }
        else if (!await SendAsync(_recipients.Count == 0 ? "554 5.5.1 no recipients" : "354 go", cancellationToken) || _recipients.Count == 0)
        {
            return true;
        }
        if (server.Script.Find(SmtpScript.Body, "") is { } early)
        {
            if (await ReadLineAsync(cancellationToken) is not null)
                await DoAsync(early, cancellationToken);
            return false;
        }
        while (await ReadLineAsync(cancellationToken) is { } text)
        {
            if (text is [(byte)'.', (byte)'\r', (byte)'\n'])
                return await FinishAsync(cancellationToken);
            _content.Write(text.AsSpan(text[0] == '.' ? 1 : 0));
        }
        return false;
    }

    private async Task<bool> BdatAsync(string line, CancellationToken cancellationToken)
    {
        var words = line.Split(' ');
        for (var left = int.Parse(words[1], null); left > 0;)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
                return false;
            var length = Math.Min(left, _end - _start);
            _content.Write(_input, _start, length);
            _start += length;
            left -= length;
        }
        return words.Length > 2
            ? await FinishAsync(cancellationToken)
            : await PlayAsync("BDAT", line, "250 2.0.0 chunk ok", cancellationToken);
    }

    private async Task<bool> FinishAsync(CancellationToken cancellationToken)
    {
        var message = new ReceivedMessage(_sender, [.. _recipients], _content.ToArray(), _encrypted);
        var step = server.Script.Find(SmtpScript.EndOfData, "");
        if (step is null || step is SmtpStep.Send { Class: '2' })
            server.Add(message);
        Clear();
        return step is null ? await SendAsync($"250 2.0.0 queued as {server.Messages.Count}", cancellationToken)
            : await DoAsync(step, cancellationToken);
    }

    private void Clear()
    {
        _recipients.Clear();
        _content.SetLength(0);
    }

    private string EhloReply()
    {
        string[] lines = [server.Script.HostName, .. server.Script.Extensions];
        if (server.Script.Certificate is not null && !_encrypted)
            lines = [.. lines, "STARTTLS"];
        return string.Join('\n', lines.Select((line, i) => (i < lines.Length - 1 ? "250-" : "250 ") + line));
    }

    private async Task<bool> StartTlsAsync(string line, CancellationToken cancellationToken)
    {
        var step = server.Script.Find("STARTTLS", line) ?? SmtpStep.Reply("220 2.0.0 go");
        return await DoAsync(step, cancellationToken) && (step is not SmtpStep.Send { Class: '2' } || await StartTlsAsync(cancellationToken));
    }

    private async Task<bool> StartTlsAsync(CancellationToken cancellationToken)
    {
        if (server.Script.Find(SmtpScript.Handshake, "") is { } instead)
            return await DoAsync(instead, cancellationToken);
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsServerAsync(server.Script.TlsOptions(), cancellationToken);
        (_stream, _encrypted, _start, _end) = (tls, true, 0, 0);
        return true;
    }

    private async Task<bool> PlayAsync(string stage, string line, string reply, CancellationToken cancellationToken) =>
        server.Script.Find(stage, line) is { } step
            ? await DoAsync(step, cancellationToken)
            : await SendAsync(reply, cancellationToken);

    private Task<bool> SendAsync(string reply, CancellationToken cancellationToken) =>
        DoAsync(SmtpStep.Reply(reply), cancellationToken);

    private async Task<bool> DoAsync(SmtpStep step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case SmtpStep.Send send:
                var piece = send.OneByOne ? 1 : send.Octets.Length;
                for (var at = 0; at < send.Octets.Length; at += piece)
                    await _stream.WriteAsync(send.Octets.AsMemory(at, piece), cancellationToken);
                return !send.ThenClose;
            case SmtpStep.Close { Hard: true }:
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
                return false;
            case SmtpStep.Repeat repeat:
                while (true)
                {
                    await _stream.WriteAsync(repeat.Octets, cancellationToken);
                    await Task.Delay(repeat.Interval, cancellationToken);
                }
            case SmtpStep.Silence:
                server.SetHung();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return false;
            default:
                return false;
        }
    }

    private async Task<byte[]?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new MemoryStream();
        while (true)
        {
            var found = _input.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            var length = found < 0 ? _end - _start : found + 1;
            line.Write(_input, _start, length);
            _start += length;
            if (found >= 0)
                return line.ToArray();
            if (!await FillAsync(cancellationToken))
                return null;
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await _stream.ReadAsync(_input, cancellationToken);
        return _end > 0;
    }
}
