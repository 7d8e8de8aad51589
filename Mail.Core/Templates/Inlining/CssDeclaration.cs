namespace Mail.Core.Templates.Inlining;

/// <summary>A property with its value.</summary>
/// <param name="Start">Where it stands in the text that it was read from.</param>
/// <param name="Group">What it has in common with the properties that may overrule it.</param>
internal sealed record CssDeclaration(int Start, int End, string Property, string Group, bool IsImportant)
{
    // Properties that say what others say too.
    private static readonly string[] _shorthands =
    [
        "border", "font", "margin", "padding", "background", "list-style", "text-decoration", "outline", "overflow", "flex", "grid", "columns", "column",
        "inset", "mask", "transition", "animation",
    ];

    /// <summary>The declarations of a block.</summary>
    /// <param name="isWhole">Whether there was nothing else in it.</param>
    public static IReadOnlyList<CssDeclaration> Read(string text, int from, int end, out bool isWhole)
    {
        var declarations = new List<CssDeclaration>();
        isWhole = true;
        for (var at = CssScanner.SkipSpace(text, from, end); at < end; at = CssScanner.SkipSpace(text, at, end))
        {
            var stop = CssScanner.Find(text, at, end, ";");
            if (ReadOne(text, at, stop) is { } declaration)
                declarations.Add(declaration);
            else if (stop > at)
                isWhole = false;
            at = stop + 1;
        }
        return declarations;
    }

    private static CssDeclaration? ReadOne(string text, int start, int stop)
    {
        var colon = text.IndexOf(':', start, stop - start);
        if (colon < 0)
            return null;
        var written = text.AsSpan(start, colon - start).Trim();
        var value = text.AsSpan(colon + 1, stop - colon - 1).Trim();
        // What is in braces belongs to a rule in a rule, but for the values of variables.
        if (written.Length == 0 || value.Length == 0 || written.IndexOfAny(" \t\r\n\f{}@&/\"'") >= 0 || MaskedTemplate.HasMask(written)
            || (value.Contains('{') && !written.StartsWith("--")))
            return null;
        var property = written.StartsWith("--") ? written.ToString() : written.ToString().ToLowerInvariant();
        return new CssDeclaration(start, colon + 1 + text.AsSpan(colon + 1, stop - colon - 1).TrimEnd().Length, property, GroupOf(property), IsMarked(value));
    }

    private static bool IsMarked(ReadOnlySpan<char> value) =>
        value.EndsWith("important", StringComparison.OrdinalIgnoreCase) && value[..^"important".Length].TrimEnd() is [.., '!'];

    private static string GroupOf(string property)
    {
        if (property.StartsWith("--", StringComparison.Ordinal))
            return property;
        var name = property;
        if (name[0] == '-' && name.IndexOf('-', 1) is var vendor and > 0 && vendor + 1 < name.Length)
            name = name[(vendor + 1)..];
        if (name == "line-height")
            return "font";
        foreach (var shorthand in _shorthands)
        {
            if (name.StartsWith(shorthand, StringComparison.Ordinal) && (name.Length == shorthand.Length || name[shorthand.Length] == '-'))
                return shorthand;
        }
        return name;
    }
}
