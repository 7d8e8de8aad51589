using System.Globalization;

namespace Mail.Protocol.Bounces;

/// <summary>Finds the codes of a reply wherever they stand in a text, in one pass.</summary>
internal static class ReplyCodes
{
    /// <summary>The first reply code of a refusal with a word boundary around it, and the first enhanced code.</summary>
    public static (int? Code, string? Enhanced) Find(ReadOnlySpan<char> text)
    {
        int? code = null;
        string? enhanced = null;
        for (var i = 0; i < text.Length && (code is null || enhanced is null); i++)
        {
            if (text[i] is not ('2' or '4' or '5') || (i > 0 && !IsBoundary(text[i - 1])))
                continue;
            if (enhanced is null && EnhancedAt(text[i..]) is { } found)
                enhanced = found;
            else if (code is null && text[i] != '2' && IsReplyCode(text[i..]))
                code = int.Parse(text.Slice(i, 3), CultureInfo.InvariantCulture);
        }

        return (code, enhanced);
    }

    /// <summary>RFC 3463 §2: class.subject.detail at the start of the text; null when there is none.</summary>
    public static string? EnhancedAt(ReadOnlySpan<char> text)
    {
        if (text.Length < 5 || text[0] is not ('2' or '4' or '5') || text[1] != '.')
            return null;
        var subject = Digits(text[2..]);
        if (subject == 0 || 2 + subject >= text.Length || text[2 + subject] != '.')
            return null;
        var detail = Digits(text[(3 + subject)..]);
        var end = 3 + subject + detail;
        // Not an address such as 5.1.1.1 or a version.
        return detail == 0 || (end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1])) ? null : text[..end].ToString();
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiDigit(text[length]))
            length++;
        return length is 1 or 2 or 3 ? length : 0;
    }

    private static bool IsReplyCode(ReadOnlySpan<char> text) =>
        text.Length >= 3 && text[1] is >= '0' and <= '5' && char.IsAsciiDigit(text[2]) && IsEnd(text[3..]);

    /// <summary>What may stand behind a reply code: some write "554: delivery error", and a colon alone belongs to a time or a port.</summary>
    public static bool IsEnd(ReadOnlySpan<char> behind) =>
        behind.IsEmpty || behind[0] is ' ' or '-' or '#' || (behind[0] == ':' && (behind.Length == 1 || behind[1] == ' '));

    private static bool IsBoundary(char character) => character is ' ' or '\t' or '\n' or '\r' or '(' or '[' or '#' or ':' or ';' or '-' or '\'' or '"' or '=' or ',';
}
