using System.Buffers;
using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>Writes a text body: line ends canonical, transfer encoding chosen by content (RFC 2045 §6).</summary>
internal static class TextPart
{
    private const int MaxLine = 998; // RFC 5322 §2.1.1

    private enum TransferEncoding { SevenBit, EightBit, QuotedPrintable, Base64 }

    /// <summary>
    /// Writes type, encoding, blank line and body. The body ends in CRLF only if the text does, so that nothing is added in front of a
    /// boundary. The answer is true when it is 8bit.
    /// </summary>
    internal static bool Write(MimeOutput output, ReadOnlySpan<byte> subtype, string text, bool allow8Bit)
    {
        var rented = ArrayPool<byte>.Shared.Rent(2 * Encoding.UTF8.GetMaxByteCount(text.Length));
        var canonical = Canonicalize(text, rented);
        var encoding = Choose(canonical, allow8Bit);
        output.Write("Content-Type: text/"u8);
        output.Write(subtype);
        output.Write("; charset=utf-8\r\nContent-Transfer-Encoding: "u8);
        output.Write(encoding switch
        {
            TransferEncoding.SevenBit => "7bit\r\n\r\n"u8,
            TransferEncoding.EightBit => "8bit\r\n\r\n"u8,
            TransferEncoding.QuotedPrintable => "quoted-printable\r\n\r\n"u8,
            _ => "base64\r\n\r\n"u8,
        });
        if (encoding == TransferEncoding.QuotedPrintable) QuotedPrintable.Write(output, canonical);
        else if (encoding == TransferEncoding.Base64) Base64Lines.Write(output, canonical);
        else output.Write(canonical);
        ArrayPool<byte>.Shared.Return(rented);
        return encoding == TransferEncoding.EightBit;
    }

    /// <summary>UTF-8 with every CRLF, CR and LF written as CRLF (RFC 2046 §4.1.1). The second half of the buffer holds the result.</summary>
    private static ReadOnlySpan<byte> Canonicalize(string text, byte[] buffer)
    {
        var half = buffer.Length / 2;
        var source = buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer.AsSpan(0, half)));
        if (source.IndexOfAny((byte)'\r', (byte)'\n') < 0) return source;
        var target = buffer.AsSpan(source.Length);
        var written = 0;
        while (true)
        {
            var end = source.IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0) break;
            source[..end].CopyTo(target[written..]);
            written += end;
            target[written++] = (byte)'\r';
            target[written++] = (byte)'\n';
            source = source[(end + (source[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }
        source.CopyTo(target[written..]);
        return target[..(written + source.Length)];
    }

    private static TransferEncoding Choose(ReadOnlySpan<byte> canonical, bool allow8Bit)
    {
        var ascii = Ascii.IsValid(canonical);
        if ((ascii || allow8Bit) && IsPlain(canonical)) return ascii ? TransferEncoding.SevenBit : TransferEncoding.EightBit;
        var escapes = 0;
        foreach (var octet in canonical)
            if (octet is > 126 or (byte)'=' || (octet < 32 && octet is not ((byte)'\r' or (byte)'\n' or (byte)'\t'))) escapes++;
        return 2L * escapes <= canonical.Length / 3 ? TransferEncoding.QuotedPrintable : TransferEncoding.Base64;
    }

    /// <summary>Lines that pass as they are: not too long, no controls (RFC 2045 §2.7), nothing a boundary or an mbox writer could trip over.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> canonical)
    {
        while (!canonical.IsEmpty)
        {
            var end = canonical.IndexOf((byte)'\n');
            var line = end < 0 ? canonical : canonical[..(end - 1)];
            if (line.Length > MaxLine || line.StartsWith("From "u8) || line.StartsWith("--=_"u8)) return false;
            if (line.IndexOfAnyInRange((byte)0, (byte)8) >= 0 || line.IndexOfAnyInRange((byte)10, (byte)31) >= 0 || line.Contains((byte)127)) return false;
            canonical = end < 0 ? default : canonical[(end + 1)..];
        }
        return true;
    }
}
