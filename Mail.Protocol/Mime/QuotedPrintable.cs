using System.Buffers;

namespace Mail.Protocol.Mime;

/// <summary>Quoted-printable writing (RFC 2045 §6.7) of text whose lines end in CRLF.</summary>
internal static class QuotedPrintable
{
    private const int MaxLine = 76; // RFC 2045 §6.7 (5)

    // RFC 2045 §6.7 (2), (3)
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create("\t !\"#$%&'()*+,-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    internal static void WriteEscape(Span<byte> target, byte octet)
    {
        target[0] = (byte)'=';
        target[1] = Hex(octet >> 4);
        target[2] = Hex(octet & 15);
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'A' + digit - 10);

    internal static void Write(MimeOutput output, ReadOnlySpan<byte> canonical)
    {
        while (!canonical.IsEmpty)
        {
            var end = canonical.IndexOf("\r\n"u8);
            var line = end < 0 ? canonical : canonical[..end];
            WriteLine(output, line);
            if (end < 0) return;
            output.Write("\r\n"u8);
            canonical = canonical[(end + 2)..];
        }
    }

    private static void WriteLine(MimeOutput output, ReadOnlySpan<byte> line)
    {
        var column = 0;
        for (var i = 0; i < line.Length;)
        {
            var run = PlainRun(line, i, MaxLine - 1 - column);
            if (run > 0)
            {
                output.Write(line.Slice(i, run));
                column += run;
                i += run;
                if (i == line.Length) return;
            }
            var escape = MustEscape(line, i);
            if (column + (escape ? 3 : 1) > (i == line.Length - 1 ? MaxLine : MaxLine - 1))
            {
                output.Write("=\r\n"u8);
                column = 0;
                continue;
            }
            var span = output.GetSpan(3);
            if (escape) WriteEscape(span, line[i]);
            else span[0] = line[i];
            output.Advance(escape ? 3 : 1);
            column += escape ? 3 : 1;
            i++;
        }
    }

    private static int PlainRun(ReadOnlySpan<byte> line, int start, int room)
    {
        if (start == 0 && MustEscape(line, 0)) return 0;
        var run = line.Slice(start, Math.Min(line.Length - start, Math.Max(room, 0)));
        var length = run.IndexOfAnyExcept(Plain);
        if (length < 0) length = run.Length;
        // A blank at the very end is for the caller to escape
        return start + length == line.Length && length > 0 && MustEscape(line, line.Length - 1) ? length - 1 : length;
    }

    private static bool MustEscape(ReadOnlySpan<byte> line, int i)
    {
        var octet = line[i];
        if (octet is (byte)' ' or (byte)'\t') return i == line.Length - 1; // RFC 2045 §6.7 (3)
        if (octet is < 33 or > 126 or (byte)'=') return true;
        // mbox writers put '>' before "From ", careless relays swallow a leading dot
        return i == 0 && (octet == '.' || (octet == 'F' && line.StartsWith("From "u8)));
    }
}
