using System.Text.RegularExpressions;
using Mail.Core.Templates.Engine;

namespace Mail.Core.Templates.Design;

/// <summary>The bits of template language in a document: placeholders in texts and addresses, paths, chips.</summary>
internal static partial class DesignTemplates
{
    private const int MaxDepth = 32;
    private static readonly string[] _linkStarts = ["https://", "http://", "mailto:", "tel:", "sms:", "#", "{{"];

    /// <summary>What is wrong with a source that stands inside so many repeats; null for nothing.</summary>
    public static string? ProblemOf(string source, int repeats)
    {
        var around = string.Concat(Enumerable.Repeat("{{#each x}}", repeats));
        var behind = string.Concat(Enumerable.Repeat("{{/each}}", repeats));
        return TemplateParser.Parse(around + source + behind, MaxDepth).Error?.Message;
    }

    public static bool IsPath(string path) => PathForm().IsMatch(path);

    /// <summary>Whether an address is of a kind that a mail may link to; placeholders stand for whatever they are given.</summary>
    public static bool IsLink(string address)
    {
        if (!_linkStarts.Any(start => address.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
            return false;
        foreach (var (text, isTag) in Pieces(address))
        {
            if (!isTag && text.AsSpan().IndexOfAny(" \t\r\n<>\"") >= 0)
                return false;
        }
        return true;
    }

    /// <summary>The text and the tags of a source that parses, in order.</summary>
    public static IEnumerable<(string Text, bool IsTag)> Pieces(string source)
    {
        var from = 0;
        while (source.IndexOf("{{", from, StringComparison.Ordinal) is var start and >= 0)
        {
            if (start > from)
                yield return (source[from..start], false);
            var end = EndOfTag(source, start);
            yield return (source[start..end], true);
            from = end;
        }
        if (from < source.Length)
            yield return (source[from..], false);
    }

    // Braces in a text literal do not close the tag.
    private static int EndOfTag(string source, int start)
    {
        char? quote = null;
        for (var i = start + 2; i < source.Length; i++)
        {
            if (quote is not null && source[i] == '\\')
                i++;
            else if (source[i] is '"' or '\'' && (quote is null || quote == source[i]))
                quote = quote is null ? source[i] : null;
            else if (quote is null && string.CompareOrdinal(source, i, "}}", 0, 2) == 0)
                return i + 2 < source.Length && source[i + 2] == '}' ? i + 3 : i + 2;
        }
        return source.Length;
    }

    /// <summary>A text as a literal of the template language.</summary>
    public static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"^(\.\./){0,8}(@root\.|this\.)?([\p{L}_$][\p{L}\p{Nd}_$-]{0,63}|\[[^\[\]{}]{1,64}\])(\.([\p{L}\p{Nd}_$-]{1,64}|\[[^\[\]{}]{1,64}\])){0,15}\z|^this\z|^@(index|key)\z")]
    private static partial Regex PathForm();
}
