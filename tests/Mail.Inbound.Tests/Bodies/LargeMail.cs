using System.Security.Cryptography;
using System.Text;

namespace Mail.Inbound.Tests.Bodies;

/// <summary>A mail of any size with a file in it, sent piece by piece.</summary>
internal sealed class LargeMail
{
    private const int LineOctets = 57; // 76 characters of base64

    private readonly string _head;
    private readonly byte[] _piece; // lines of base64, sent again and again
    private readonly int _pieces;

    /// <param name="octets">About how large it is.</param>
    public LargeMail(string subject, int octets, int seed = 1)
    {
        _head = $"From: ann@writer.test\r\nSubject: {subject}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee file\r\n"
            + "--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        var file = new byte[LineOctets * 1000];
        new Random(seed).NextBytes(file);
        _piece = Encoding.ASCII.GetBytes(string.Concat(file.Chunk(LineOctets).Select(line => Convert.ToBase64String(line) + "\r\n")));
        _pieces = octets / _piece.Length;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < _pieces; i++)
            hash.AppendData(file);
        FileSha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        FileSize = (long)_pieces * file.Length;
    }

    public string FileSha256 { get; }

    public long FileSize { get; }

    public long Octets => _head.Length + ((long)_piece.Length * _pieces) + Tail.Length;

    private static byte[] Tail => "\r\n--b--\r\n"u8.ToArray();

    /// <summary>The octets in pieces; no line begins with a dot.</summary>
    public IEnumerable<byte[]> Pieces()
    {
        yield return Encoding.ASCII.GetBytes(_head);
        for (var i = 0; i < _pieces; i++)
            yield return _piece;
        yield return Tail;
    }

    /// <summary>A whole transaction; the reply to its end.</summary>
    public async Task<string?> SendAsync(LineClient client, string to)
    {
        Assert.StartsWith("354 ", await client.AskAsync("MAIL FROM:<ann@writer.test>", $"RCPT TO:<{to}>", "DATA"));
        foreach (var piece in Pieces())
            await client.SendRawAsync(piece);
        return await client.AskAsync(".");
    }

    /// <summary>The same in chunks; the first reply that is no 250, or that to the last chunk.</summary>
    public async Task<string?> SendChunksAsync(LineClient client, string to)
    {
        Assert.StartsWith("250 ", await client.AskAsync("MAIL FROM:<ann@writer.test>", $"RCPT TO:<{to}>"));
        foreach (var piece in Pieces())
        {
            await client.SendAsync($"BDAT {piece.Length}");
            await client.SendRawAsync(piece);
            if (await client.ReplyAsync() is { } reply && !reply.StartsWith("250 ", StringComparison.Ordinal))
                return reply;
        }
        return await client.AskAsync("BDAT 0 LAST");
    }
}
