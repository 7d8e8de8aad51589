using System.Buffers;
using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>The xtext encoding of parameter values: RFC 3461 §4.</summary>
public static class SmtpXtext
{
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Where(c => c is not ('+' or '=')).Select(c => (byte)c)]);

    /// <summary>Encodes text as UTF-8 and then xtext; the result is printable ASCII without space, <c>+</c> only as escape.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (Plain.Contains(octet))
                encoded.Append((char)octet);
            else
                encoded.Append('+').Append(octet.ToString("X2", null));
        }
        return encoded.ToString();
    }

    /// <summary>
    /// The utf-8-addr-xtext form of an address for ORCPT: characters beyond ASCII, <c>+</c>, <c>=</c> and <c>\</c> as
    /// <c>\x{HEX}</c> (RFC 6533 §3).
    /// </summary>
    public static string EncodeUnitext(string text)
    {
        var encoded = new StringBuilder(text.Length * 2);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && rune.Value != '\\' && Plain.Contains((byte)rune.Value))
                encoded.Append((char)rune.Value);
            else
                encoded.Append("\\x{").Append(rune.Value.ToString("X2", null)).Append('}');
        }
        return encoded.ToString();
    }

    /// <summary>Decodes xtext; null when it is malformed or does not decode to printable text in UTF-8.</summary>
    public static string? Decode(ReadOnlySpan<byte> xtext)
    {
        var octets = new byte[xtext.Length];
        var length = 0;
        for (var at = 0; at < xtext.Length; at++)
        {
            if (xtext[at] != '+')
            {
                if (!Plain.Contains(xtext[at]))
                    return null;
                octets[length++] = xtext[at];
                continue;
            }
            if (at + 2 >= xtext.Length || !IsUpperHex(xtext[at + 1]) || !IsUpperHex(xtext[at + 2]))
                return null;
            octets[length++] = (byte)(HexValue(xtext[at + 1]) * 16 + HexValue(xtext[at + 2]));
            at += 2;
        }
        var decoded = octets.AsSpan(0, length);
        if (!System.Text.Unicode.Utf8.IsValid(decoded))
            return null;
        var text = Encoding.UTF8.GetString(decoded);
        return text.Any(char.IsControl) ? null : text;
    }

    // RFC 3461 §4: hexchar has upper-case digits only.
    private static bool IsUpperHex(byte octet) => char.IsAsciiHexDigitUpper((char)octet);

    private static int HexValue(byte octet) => octet <= '9' ? octet - '0' : octet - 'A' + 10;
}
