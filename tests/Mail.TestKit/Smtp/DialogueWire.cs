using System.Globalization;
using System.Net.Security;
using System.Text;

namespace Mail.TestKit.Smtp;

/// <summary>The octets of a dialogue: queued writes, line reads, TLS.</summary>
internal sealed class DialogueWire(Stream stream)
{
    private readonly MemoryStream _pending = new();
    private readonly byte[] _input = new byte[16 * 1024];
    private Stream _stream = stream;
    private int _start;
    private int _end;

    public int PieceLength { get; set; }

    public string LastLine { get; private set; } = "(nothing)";

    public void Queue(byte[] octets) => _pending.Write(octets);

    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var octets = _pending.ToArray();
        _pending.SetLength(0);
        var piece = PieceLength > 0 ? PieceLength : Math.Max(1, octets.Length);
        try
        {
            for (var at = 0; at < octets.Length; at += piece)
            {
                await _stream.WriteAsync(octets.AsMemory(at, Math.Min(piece, octets.Length - at)), cancellationToken);
                await _stream.FlushAsync(cancellationToken);
            }
        }
        catch (IOException)
        {
            // The other side has heard enough and closed; what it said before can still be read, and whether it closed is asked there.
        }
    }

    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        var line = new List<byte>();
        while (true)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
                throw new EndOfStreamException("the connection was closed");
            var octet = _input[_start++];
            if (octet == '\n')
                return LastLine = Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(octet);
        }
    }

    public async Task ExpectEndAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        try
        {
            if (_start < _end || await FillAsync(cancellationToken))
                throw new InvalidDataException("the connection is still open");
        }
        catch (InvalidDataException exception)
        {
            throw new IOException(exception.Message + ": " + await ReadLineAsync(cancellationToken));
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }
    }

    public async Task StartTlsAsync(SslServerAuthenticationOptions? server, CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        var tls = new SslStream(_stream, false, (_, _, _, _) => true);
        if (server is not null)
            await tls.AuthenticateAsServerAsync(server, cancellationToken);
        else
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "mx.test" }, cancellationToken);
        (_stream, _start, _end) = (tls, 0, 0);
    }

    public ValueTask CloseAsync() => _stream.DisposeAsync();

    public static byte[] Unescape(string text)
    {
        var octets = new List<byte>();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                octets.AddRange(Encoding.UTF8.GetBytes(text[at].ToString()));
                continue;
            }
            at++;
            octets.Add(text[at] switch
            {
                'r' => (byte)'\r',
                'n' => (byte)'\n',
                't' => (byte)'\t',
                '0' => 0,
                'x' => byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.HexNumber),
                var other => (byte)other,
            });
            at += text[at] == 'x' ? 2 : 0;
        }
        return [.. octets];
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await _stream.ReadAsync(_input, cancellationToken);
        return _end > 0;
    }
}
