namespace Mail.Core.Templates.Inlining;

/// <summary>Says what does not stand in the elements, and what the elements overrule now.</summary>
internal static class InliningWarnings
{
    private const int MaxNamed = 5;
    private const int MaxShown = 80;

    public static IReadOnlyList<string> Of(
        MaskedTemplate template, IReadOnlyList<RuleUse> uses, CssReader sheets, SelectorMatcher matcher,
        IReadOnlyDictionary<OutlineElement, List<string>> written, HtmlOutline outline)
    {
        var unread = uses.SelectMany(use => use.Rule.Selectors).Where(one => one.Selector is null);
        var open = uses.Where(use => use.IsOpen).SelectMany(use => use.Rule.Selectors.Take(1));
        var odd = uses.Where(use => !use.Rule.IsWhole).SelectMany(use => use.Rule.Selectors.Take(1));
        string?[] warnings =
        [
            Name("Only clients that read <style> apply these rules, which cannot be inlined", Texts(template, unread)),
            Name("What these rules style is known only when the template is rendered, so they stay in <style>", Texts(template, open)),
            Name("Something in these rules cannot be read, so they stay in <style>", Texts(template, odd)),
            outline.HasUnknownElements ? "A value that is not escaped brings HTML of its own, so all rules stay in <style>, too." : null,
            Name("The inlined styles overrule these rules: they need !important", Overruled(template, sheets, matcher, written, outline)),
        ];
        return [.. warnings.OfType<string>()];
    }

    private static IEnumerable<string> Texts(MaskedTemplate template, IEnumerable<CssRuleSelector> selectors) =>
        selectors.Select(one => template.Source[one.Start..one.End]).Where(text => text.Length > 0);

    // Rules for some screens lose against the element's own style unless they say that they are important.
    private static IEnumerable<string> Overruled(
        MaskedTemplate template, CssReader sheets, SelectorMatcher matcher, IReadOnlyDictionary<OutlineElement, List<string>> written,
        HtmlOutline outline)
    {
        foreach (var condition in sheets.Conditions)
        {
            var inner = new CssReader(template.Text);
            inner.Read(condition.BodyStart, condition.BodyEnd, isSure: true);
            foreach (var rule in inner.Rules)
            {
                if (FindOverruled(rule, matcher, written, outline) is { } property)
                    yield return $"{condition.Text} {{ {template.Source[rule.Start..rule.BodyStart].Trim()} {{ {property} }} }}";
            }
        }
    }

    private static string? FindOverruled(
        CssRule rule, SelectorMatcher matcher, IReadOnlyDictionary<OutlineElement, List<string>> written, HtmlOutline outline)
    {
        var weak = rule.Declarations.Where(one => !one.IsImportant).Select(one => one.Property).ToList();
        foreach (var selector in rule.Selectors.Select(one => one.Selector).OfType<CssSelector>())
        {
            var row = weak.Count == 0 ? [] : matcher.Match(selector);
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i] == Matching.No || !written.TryGetValue(outline.Elements[i], out var properties))
                    continue;
                if (weak.Find(property => properties.Exists(other => AreRelated(property, other))) is { } overruled)
                    return overruled;
            }
        }
        return null;
    }

    // "padding" and "padding-left".
    private static bool AreRelated(string one, string other) =>
        one == other || one.StartsWith(other + "-", StringComparison.Ordinal) || other.StartsWith(one + "-", StringComparison.Ordinal);

    private static string? Name(string what, IEnumerable<string> named)
    {
        var first = named.Distinct().Take(MaxNamed + 1).ToList();
        if (first.Count == 0)
            return null;
        var shown = string.Join(", ", first.Take(MaxNamed).Select(text => text.Length > MaxShown ? text[..MaxShown] + "…" : text));
        return $"{what}: {shown}{(first.Count > MaxNamed ? ", …" : "")}.";
    }
}
