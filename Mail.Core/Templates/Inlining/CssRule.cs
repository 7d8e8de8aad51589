namespace Mail.Core.Templates.Inlining;

/// <summary>A rule of a style sheet.</summary>
/// <param name="Order">Its number among all rules.</param>
/// <param name="IsSure">Whether it is there, and says what it says, whatever the variables are.</param>
/// <param name="HasValues">Whether it says something that depends on variables.</param>
/// <param name="IsWhole">Whether all that it says was understood.</param>
internal sealed record CssRule(
    int Order, int Start, int BodyStart, int End, IReadOnlyList<CssRuleSelector> Selectors, IReadOnlyList<CssDeclaration> Declarations,
    bool IsSure, bool HasValues, bool IsWhole);

/// <param name="Selector">Null where it is of a kind that only a client can match.</param>
internal sealed record CssRuleSelector(int Start, int End, CssSelector? Selector);

/// <summary>An at-rule with rules in it, such as <c>@media</c>.</summary>
internal sealed record CssCondition(string Text, int BodyStart, int BodyEnd);

/// <summary>Cuts a style sheet into rules. What it does not understand it leaves out; so it stays where it is.</summary>
internal sealed class CssReader(string text)
{
    private const int MaxRules = 10_000;
    private const int MaxShown = 60;

    public List<CssRule> Rules { get; } = [];

    public List<CssCondition> Conditions { get; } = [];

    /// <param name="isSure">Whether the sheet is there, and the same, whatever the variables are.</param>
    /// <returns>False when there are too many rules.</returns>
    public bool Read(int from, int end, bool isSure)
    {
        for (var at = SkipSpace(from, end); at < end; at = SkipSpace(at, end))
        {
            at = text[at] == '@' ? ReadAtRule(at, end) : ReadRule(at, end, isSure);
            if (Rules.Count > MaxRules)
                return false;
        }
        return true;
    }

    // The marks of HTML comments mean nothing in CSS.
    private int SkipSpace(int from, int end)
    {
        while (true)
        {
            var at = CssScanner.SkipSpace(text, from, end);
            if (at < end && string.CompareOrdinal(text, at, "<!--", 0, 4) == 0)
                from = Math.Min(at + 4, end);
            else if (at < end && string.CompareOrdinal(text, at, "-->", 0, 3) == 0)
                from = Math.Min(at + 3, end);
            else if (at < end && MaskedTemplate.IsBlock(text[at]))
                from = at + 1;
            else
                return at;
        }
    }

    private int ReadAtRule(int start, int end)
    {
        var body = CssScanner.Find(text, start, end, "{;");
        if (body == end || text[body] == ';')
            return Math.Min(body + 1, end);
        var close = CssScanner.Find(text, body + 1, end, "}");
        var title = text[start..body].Trim();
        if (title.StartsWith("@media", StringComparison.OrdinalIgnoreCase) || title.StartsWith("@supports", StringComparison.OrdinalIgnoreCase))
            Conditions.Add(new CssCondition(title.Length > MaxShown ? title[..MaxShown] + "…" : title, body + 1, close));
        return Math.Min(close + 1, end);
    }

    private int ReadRule(int start, int end, bool isSure)
    {
        var body = CssScanner.Find(text, start, end, "{");
        if (body == end)
            return end;
        var close = CssScanner.Find(text, body + 1, end, "}");
        var after = Math.Min(close + 1, end);
        var declarations = CssDeclaration.Read(text, body + 1, close, out var isWhole);
        var content = text.AsSpan(body, close - body);
        Rules.Add(new CssRule(
            Rules.Count, start, body, after, SelectorsOf(start, body), declarations,
            isSure && content.IndexOfAny(MaskedTemplate.Raw, MaskedTemplate.Block) < 0, content.Contains(MaskedTemplate.Value), isWhole));
        return after;
    }

    private List<CssRuleSelector> SelectorsOf(int start, int end)
    {
        var selectors = new List<CssRuleSelector>();
        for (var at = start; at <= end; at++)
        {
            var stop = CssScanner.Find(text, at, end, ",");
            var one = text.AsSpan(at, stop - at);
            var from = at + one.Length - one.TrimStart().Length;
            selectors.Add(new CssRuleSelector(from, from + one.Trim().Length, CssSelectorReader.Read(one.Trim().ToString())));
            at = stop;
        }
        return selectors;
    }
}
