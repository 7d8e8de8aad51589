namespace Mail.Core.Templates.Inlining;

/// <summary>How a compound is tied to the one in front of it.</summary>
internal enum Combinator
{
    Descendant,
    Child,
    Adjacent,
}

internal enum Matching
{
    No,

    /// <summary>It depends on the variables.</summary>
    Maybe,

    Yes,
}

/// <summary>A selector that an element can be matched with as it stands.</summary>
/// <param name="Combinators">One less than there are compounds.</param>
/// <param name="Specificity">Compares as CSS says.</param>
internal sealed record CssSelector(IReadOnlyList<CssCompound> Compounds, IReadOnlyList<Combinator> Combinators, int Specificity);

/// <summary>What is asked of one element.</summary>
/// <param name="Type">Null for any.</param>
internal sealed record CssCompound(string? Type, IReadOnlyList<string> Ids, IReadOnlyList<string> Classes, IReadOnlyList<CssAttributeTest> Attributes)
{
    public Matching Match(OutlineElement element)
    {
        if (Type is not null && Type != element.Name)
            return Matching.No;
        if (element.Attributes is null)
            return Matching.Maybe;
        var result = Matching.Yes;
        for (var i = 0; i < Classes.Count && result != Matching.No; i++)
            result = Least(result, element.Classes.Match(Classes[i]));
        foreach (var id in Ids)
            result = Least(result, CssAttributeTest.IsId(id, element));
        foreach (var test in Attributes)
            result = Least(result, test.Match(element));
        return result;
    }

    private static Matching Least(Matching one, Matching other) => one < other ? one : other;
}

/// <param name="Operator">NUL: whether it is there.</param>
internal sealed record CssAttributeTest(string Name, char Operator, string Value, bool IgnoresCase)
{
    // https://html.spec.whatwg.org/#case-sensitivity-of-selectors: those that mail has.
    private static readonly string[] _caseless =
    [
        "align", "bgcolor", "charset", "checked", "clear", "color", "dir", "direction", "disabled", "face", "hreflang", "lang", "link", "media", "method",
        "noshade", "nowrap", "rel", "rev", "rules", "scope", "shape", "target", "text", "type", "valign", "vlink",
    ];

    public static Matching IsId(string id, OutlineElement element) => new CssAttributeTest("id", '=', id, false).Match(element);

    public Matching Match(OutlineElement element)
    {
        if (element.Find(Name) is not { } attribute)
            return Matching.No;
        if (Operator == '\0')
            return Matching.Yes;
        if (MaskedTemplate.HasMask(attribute.Value))
            return Matching.Maybe;
        var comparison = IgnoresCase || Array.IndexOf(_caseless, Name) >= 0 ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return Compare(attribute.Value, comparison) ? Matching.Yes : Matching.No;
    }

    private bool Compare(string value, StringComparison comparison) => Operator switch
    {
        '=' => value.Equals(Value, comparison),
        '~' => Value.Length > 0 && value.Split([' ', '\t', '\r', '\n', '\f']).Any(word => word.Equals(Value, comparison)),
        '|' => value.Equals(Value, comparison) || value.StartsWith(Value + "-", comparison),
        '^' => Value.Length > 0 && value.StartsWith(Value, comparison),
        '$' => Value.Length > 0 && value.EndsWith(Value, comparison),
        _ => Value.Length > 0 && value.Contains(Value, comparison),
    };
}
