namespace Mail.Core.Templates.PlainText;

/// <summary>Reads single attributes of a tag.</summary>
internal static class HtmlAttributes
{
    /// <summary>The value as it stands; empty for an attribute without one; null when it is not there.</summary>
    public static string? Find(ReadOnlySpan<char> attributes, ReadOnlySpan<char> wanted)
    {
        while (true)
        {
            attributes = attributes.TrimStart(" \t\r\n\f/");
            if (attributes.Length == 0)
                return null;
            var nameEnd = attributes.IndexOfAny(" \t\r\n\f/=");
            if (nameEnd < 0)
                nameEnd = attributes.Length;
            var name = attributes[..nameEnd];
            attributes = attributes[nameEnd..].TrimStart();
            var value = ReadOnlySpan<char>.Empty;
            if (attributes is ['=', .. var behind])
                value = TakeValue(behind.TrimStart(), out attributes);
            if (name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                return value.ToString();
            // "=" where a name should be.
            if (nameEnd == 0 && attributes.Length > 0 && value.IsEmpty)
                attributes = attributes[1..];
        }
    }

    /// <summary>Whether clients do not show the element: what stands in it is not for reading.</summary>
    public static bool IsHidden(ReadOnlySpan<char> attributes)
    {
        if (attributes.IndexOf("hidden", StringComparison.OrdinalIgnoreCase) >= 0 && Find(attributes, "hidden") is not null)
            return true;
        if (attributes.IndexOf("style", StringComparison.OrdinalIgnoreCase) < 0 || Find(attributes, "style") is not { } style)
            return false;
        var tight = style.Replace(" ", "", StringComparison.Ordinal);
        return tight.Contains("display:none", StringComparison.OrdinalIgnoreCase)
            || tight.Contains("max-height:0;", StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<char> TakeValue(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        if (text is ['"' or '\'', ..])
        {
            var close = text[1..].IndexOf(text[0]);
            rest = close < 0 ? [] : text[(close + 2)..];
            return close < 0 ? text[1..] : text[1..(close + 1)];
        }
        var end = text.IndexOfAny(" \t\r\n\f");
        if (end < 0)
            end = text.Length;
        rest = text[end..];
        return text[..end];
    }
}
