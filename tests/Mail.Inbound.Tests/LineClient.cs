using System.Net.Security;
using System.Text;

namespace Mail.Inbound.Tests;

/// <summary>An SMTP client that does one thing at a time, for tests that look between the lines.</summary>
internal sealed class LineClient(Stream stream) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly byte[] _buffer = new byte[4096];
    private Stream _stream = stream;
    private int _start;
    private int _end;

    public async Task SendAsync(params string[] lines) => await SendRawAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\r\n"))));

    public async Task SendRawAsync(ReadOnlyMemory<byte> octets)
    {
        await _stream.WriteAsync(octets);
        await _stream.FlushAsync();
    }

    /// <summary>The last line of the next reply; null when the server closed.</summary>
    public async Task<string?> ReplyAsync()
    {
        while (await LineAsync() is { } line)
        {
            if (line.Length < 4 || line[3] != '-')
                return line;
        }
        return null;
    }

    /// <summary>Sends lines and returns the reply to the last of them.</summary>
    public async Task<string?> AskAsync(params string[] lines)
    {
        await SendAsync(lines);
        string? reply = null;
        foreach (var _ in lines)
            reply = await ReplyAsync();
        return reply;
    }

    public async Task GreetAsync()
    {
        Assert.StartsWith("220 ", await ReplyAsync());
        Assert.StartsWith("250 ", await AskAsync("EHLO client.test"));
    }

    /// <summary>A whole transaction; the reply to its end.</summary>
    public async Task<string?> MailAsync(string content, string from = "a@client.test", params string[] to)
    {
        var recipients = (to.Length == 0 ? ["one@local.test"] : to).Select(address => $"RCPT TO:<{address}>");
        var reply = await AskAsync([$"MAIL FROM:<{from}>", .. recipients, "DATA"]);
        return reply?.StartsWith("354", StringComparison.Ordinal) == true ? await EndAsync(content) : reply;
    }

    public async Task<string?> EndAsync(string content)
    {
        await SendAsync(content, ".");
        return await ReplyAsync();
    }

    public async Task StartTlsAsync(RemoteCertificateValidationCallback? validate = null)
    {
        Assert.StartsWith("220 ", await AskAsync("STARTTLS"));
        await HandshakeAsync(validate);
    }

    public async Task HandshakeAsync(RemoteCertificateValidationCallback? validate = null)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, validate ?? ((_, _, _, _) => true));
        await tls.AuthenticateAsClientAsync(InboundHost.HostName);
        _stream = tls;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<string?> LineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await _stream.ReadAsync(_buffer).AsTask().WaitAsync(Limit));
                if (_end == 0)
                    return null;
            }
            var octet = (char)_buffer[_start++];
            if (octet == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(octet);
        }
    }
}
