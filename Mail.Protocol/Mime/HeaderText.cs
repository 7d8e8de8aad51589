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
        if (output.Column + 1 + text.Length <= output.FoldAt && IsPrintable(text) && !LooksEncoded(text))
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
        var start = head.IndexOfAny(' ', '\t') is var space and >= 0 ? space : head.Length;
        if (start > 0)
        {
            // The first word stays beside the name: a value that begins with a fold is read with a space before it by some
            output.WriteByte((byte)' ');
            output.WriteUtf8(head[..start]);
            WriteRest(output, head[start..]);
        }
        if (end > first) EncodedWords.Write(output, text[first..end], head.IsEmpty ? " " : text[head.Length..first]);
        WriteRest(output, text[end..]);
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

    /// <summary>Words with the white space before each, folded where a line would get too long.</summary>
    private static void WriteRest(MimeOutput output, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var start = text.IndexOfAnyExcept(' ', '\t');
            if (start < 0) return;
            var length = text[start..].IndexOfAny(' ', '\t');
            var end = length < 0 ? text.Length : start + length;
            if (output.Column + end > output.FoldAt) output.EndLine();
            output.WriteUtf8(text[..end]);
            text = text[end..];
        }
    }
}
