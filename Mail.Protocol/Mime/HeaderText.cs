using System.Buffers;

namespace Mail.Protocol.Mime;

/// <summary>Unstructured header text: folding (RFC 5322 §2.2.3) and, where needed, encoded words (RFC 2047).</summary>
internal static class HeaderText
{
    private const int MaxPlainWord = 900; // a line has at most 998 octets: RFC 5322 §2.1.1
    private const int MaxGap = 40;

    private static readonly SearchValues<char> Printable = SearchValues.Create(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    internal static bool IsPrintable(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Printable);

    /// <summary>C0 and C1 controls but tab, DEL, and the Unicode line separators.</summary>
    internal static bool HasControl(ReadOnlySpan<char> text)
    {
        if (IsPrintable(text)) return false;
        foreach (var c in text)
            if (IsControl(c)) return true;
        return false;
    }

    private static bool IsControl(char c) => (char.IsControl(c) && c != '\t') || c is '\u2028' or '\u2029';

    /// <summary>The text with every control character and line break turned into a space; the same instance when there is none.</summary>
    internal static string WithoutControls(string text) =>
        HasControl(text) ? string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = IsControl(source[i]) ? ' ' : source[i];
        }) : text;

    internal static void Write(MimeOutput output, string value)
    {
        var text = WithoutControls(value).AsSpan().Trim(" \t");
        if (text.IsEmpty) return;
        if (output.Column + 1 + text.Length <= 78 && IsPrintable(text) && !LooksEncoded(text))
        {
            output.WriteByte((byte)' ');
            output.WriteUtf8(text);
            return;
        }
        WriteWords(output, text);
    }

    private static void WriteWords(MimeOutput output, ReadOnlySpan<char> text)
    {
        FindEncodedRange(text, out var first, out var end);
        var head = text[..first].TrimEnd(" \t");
        WritePlain(output, head, gap: " ");
        if (end > first) EncodedWords.Write(output, text[first..end], head.IsEmpty ? " " : text[head.Length..first]);
        var rest = text[end..];
        var gapLength = rest.Length - rest.TrimStart(" \t").Length;
        if (gapLength > 0) WritePlain(output, rest[gapLength..], rest[..gapLength]);
        else WritePlain(output, rest, " ");
    }

    /// <summary>From the first to the last word that has to be encoded: white space between two encoded words would get lost.</summary>
    private static void FindEncodedRange(ReadOnlySpan<char> text, out int first, out int end)
    {
        first = end = text.Length;
        var found = false;
        for (var i = 0; i < text.Length;)
        {
            var gap = text[i..].IndexOfAnyExcept(' ', '\t');
            var start = i + gap;
            var length = text[start..].IndexOfAny(' ', '\t');
            var stop = length < 0 ? text.Length : start + length;
            if (gap > MaxGap || NeedsEncoding(text[start..stop]))
            {
                if (!found) first = gap > MaxGap ? 0 : start;
                found = true;
                end = stop;
            }
            i = stop;
        }
    }

    private static bool NeedsEncoding(ReadOnlySpan<char> word) =>
        word.Length > MaxPlainWord || !IsPrintable(word) || LooksEncoded(word);

    /// <summary>Plain text that a reader would take for an encoded word. A URI with "=?" in it is not one and must stay as it is.</summary>
    internal static bool LooksEncoded(ReadOnlySpan<char> word)
    {
        var start = word.IndexOf("=?");
        return start >= 0 && word[(start + 2)..].Contains("?=", StringComparison.Ordinal);
    }

    private static void WritePlain(MimeOutput output, ReadOnlySpan<char> text, ReadOnlySpan<char> gap)
    {
        while (!text.IsEmpty)
        {
            var length = text.IndexOfAny(' ', '\t');
            var word = length < 0 ? text : text[..length];
            if (output.Column > 1 && output.Column + gap.Length + word.Length > 78) output.EndLine();
            output.WriteUtf8(gap);
            output.WriteUtf8(word);
            text = text[word.Length..];
            var next = text.IndexOfAnyExcept(' ', '\t');
            if (next < 0) return;
            gap = text[..next];
            text = text[next..];
        }
    }
}
