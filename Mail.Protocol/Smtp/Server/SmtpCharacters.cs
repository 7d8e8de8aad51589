using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>Octet classes of the command grammar.</summary>
internal static class SmtpCharacters
{
    public static SearchValues<byte> Controls { get; } = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), 127]);

    public static SearchValues<byte> Mechanism { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    public static SearchValues<byte> Keyword { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    /// <summary>Well-formed UTF-8 (RFC 6531 §3.3) without the controls and line ends that lie beyond ASCII.</summary>
    public static bool IsText(ReadOnlySpan<byte> octets)
    {
        if (Ascii.IsValid(octets))
            return true;
        while (!octets.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(octets, out var rune, out var taken) != OperationStatus.Done || (!rune.IsAscii && IsControl(rune)))
                return false;
            octets = octets[taken..];
        }
        return true;
    }

    /// <summary>What ends or steers a line for some reader: C0, DEL, C1, and the line and paragraph separators.</summary>
    public static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
