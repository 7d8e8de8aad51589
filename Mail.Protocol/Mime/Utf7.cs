using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>Decodes UTF-7 (RFC 2152), which the framework refuses. For mail bodies alone: nothing here decides by its result.</summary>
internal static class Utf7
{
    internal static string Decode(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder(octets.Length);
        for (var i = 0; i < octets.Length; i++)
        {
            if (octets[i] != '+') text.Append((char)octets[i]);
            else if (i + 1 < octets.Length && octets[i + 1] == '-')
            {
                text.Append('+');
                i++;
            }
            else i = DecodeShifted(octets, i + 1, text);
        }
        return text.ToString();
    }

    /// <summary>Base64 of UTF-16 up to the first other character; a closing "-" is part of it. Answers its last index.</summary>
    private static int DecodeShifted(ReadOnlySpan<byte> octets, int start, StringBuilder text)
    {
        int bits = 0, count = 0, i = start;
        for (; i < octets.Length; i++)
        {
            var value = TransferDecoding.Base64Value(octets[i]);
            if (value < 0) break;
            bits = (bits << 6 | value) & 0x3fffff;
            count += 6;
            if (count < 16) continue;
            count -= 16;
            text.Append((char)(ushort)(bits >> count));
        }
        if (i == start) text.Append('+'); // no base64 at all: an ordinary plus
        return i < octets.Length && octets[i] == '-' ? i : i - 1;
    }
}
