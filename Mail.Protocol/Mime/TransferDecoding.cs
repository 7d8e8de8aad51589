using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>Small decoders for header text; bodies have the streaming ones (<see cref="ContentDecoder"/>).</summary>
internal static class TransferDecoding
{
    internal static void AppendBase64(ReadOnlySpan<char> text, List<byte> octets)
    {
        int bits = 0, count = 0;
        foreach (var c in text)
        {
            var value = Base64Value(c);
            if (value < 0) continue;
            bits = (bits << 6 | value) & 0xffffff;
            if ((count = (count + 6) % 8) == 6) continue;
            octets.Add((byte)(bits >> count));
        }
    }

    internal static int Base64Value(int c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' => 62,
        '/' => 63,
        _ => -1,
    };

    // RFC 2047 §4.2
    internal static void AppendQ(ReadOnlySpan<char> text, List<byte> octets) => AppendEscaped(text, '=', octets, underscoreIsSpace: true);

    // RFC 2231 §4 ext-octet
    internal static void AppendPercent(ReadOnlySpan<char> text, List<byte> octets) => AppendEscaped(text, '%', octets, underscoreIsSpace: false);

    private static void AppendEscaped(ReadOnlySpan<char> text, char escape, List<byte> octets, bool underscoreIsSpace)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == escape && i + 2 < text.Length && HexValue(text[i + 1]) >= 0 && HexValue(text[i + 2]) >= 0)
            {
                octets.Add((byte)(HexValue(text[i + 1]) << 4 | HexValue(text[i + 2])));
                i += 2;
            }
            else if (c < 0x80) octets.Add(c == '_' && underscoreIsSpace ? (byte)' ' : (byte)c);
            else
            {
                Rune.DecodeFromUtf16(text[i..], out var rune, out var consumed);
                octets.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += consumed - 1;
            }
        }
    }

    internal static int HexValue(int c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'A' and <= 'F' => c - 'A' + 10,
        >= 'a' and <= 'f' => c - 'a' + 10,
        _ => -1,
    };
}
