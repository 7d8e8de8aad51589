using System.Net;

namespace Mail.Core.Templates.Inlining;

/// <summary>An attribute of a start tag and where it stands.</summary>
/// <param name="ValueStart">Behind the quote; for an attribute without a value, where its name ends.</param>
/// <param name="Quote">What stands around the value; NUL for nothing.</param>
internal sealed record HtmlAttribute(string Name, string Value, int ValueStart, int ValueEnd, bool HasValue, char Quote)
{
    private const int MaxAttributes = 100;
    private const string Spaces = " \t\r\n\f";

    /// <summary>The attributes, by their first appearance; null when the template writes some of them, or they are too many.</summary>
    /// <param name="from">Behind the name of the tag.</param>
    public static IReadOnlyList<HtmlAttribute>? Read(string text, int from, int to)
    {
        var attributes = new List<HtmlAttribute>();
        for (var at = from; ;)
        {
            while (at < to && (Spaces.Contains(text[at]) || text[at] == '/'))
                at++;
            if (at >= to)
                return attributes;
            var nameEnd = at + 1;
            while (nameEnd < to && !Spaces.Contains(text[nameEnd]) && text[nameEnd] is not ('=' or '/'))
                nameEnd++;
            var name = text[at..nameEnd].ToLowerInvariant();
            if (MaskedTemplate.HasMask(name))
                return null;
            var attribute = ReadValue(text, name, nameEnd, to, out at);
            if ((at < to && MaskedTemplate.IsMask(text[at])) || attributes.Count == MaxAttributes)
                return null;
            if (!attributes.Exists(other => other.Name == name))
                attributes.Add(attribute);
        }
    }

    private static HtmlAttribute ReadValue(string text, string name, int nameEnd, int to, out int after)
    {
        var at = nameEnd;
        while (at < to && Spaces.Contains(text[at]))
            at++;
        if (at >= to || text[at] != '=')
        {
            after = at;
            return new HtmlAttribute(name, "", nameEnd, nameEnd, false, '\0');
        }
        do at++;
        while (at < to && Spaces.Contains(text[at]));
        if (at < to && text[at] is '"' or '\'')
        {
            var close = text.IndexOf(text[at], at + 1, to - at - 1);
            var end = close < 0 ? to : close;
            after = Math.Min(end + 1, to);
            return new HtmlAttribute(name, Decode(text[(at + 1)..end]), at + 1, end, true, text[at]);
        }
        after = at;
        while (after < to && !Spaces.Contains(text[after]))
            after++;
        return new HtmlAttribute(name, Decode(text[at..after]), at, after, true, '\0');
    }

    private static string Decode(string value) => value.Contains('&') ? WebUtility.HtmlDecode(value) : value;
}
