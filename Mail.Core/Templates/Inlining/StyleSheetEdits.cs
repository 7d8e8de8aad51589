using System.Text;

namespace Mail.Core.Templates.Inlining;

/// <summary>Takes the rules out of style sheets that stand in the elements now.</summary>
internal sealed class StyleSheetEdits(MaskedTemplate template, HtmlOutline outline, IReadOnlyList<RuleUse> uses)
{
    /// <param name="from">The first of the sheet's rules.</param>
    /// <param name="end">Behind the last of them.</param>
    public void Add(StyleElement style, int from, int end, List<TextEdit> edits)
    {
        var changes = new List<TextEdit>();
        for (var i = from; i < end; i++)
        {
            if (EditOf(uses[i], style.ContentEnd) is { } edit)
                changes.Add(edit);
        }
        if (changes.Count > 0 && IsEmpty(style, changes))
            edits.Add(new TextEdit(style.Start, style.End, ""));
        else
            edits.AddRange(changes);
    }

    // Selectors that match nothing here may match what a client makes of the mail: they stay.
    private TextEdit? EditOf(RuleUse use, int endOfSheet)
    {
        var rule = use.Rule;
        if (use.Stays || outline.HasUnknownElements || !use.IsInlined.Contains(true))
            return null;
        var left = rule.Selectors.Where((_, number) => !use.IsInlined[number]).Select(one => template.Source[one.Start..one.End]).ToList();
        if (left.Count > 0)
            return new TextEdit(rule.Start, rule.BodyStart, string.Join(", ", left) + " ");
        var end = rule.End;
        while (end < endOfSheet && char.IsWhiteSpace(template.Text[end]))
            end++;
        return new TextEdit(rule.Start, end, "");
    }

    private bool IsEmpty(StyleElement style, List<TextEdit> changes)
    {
        var left = new StringBuilder();
        var at = style.ContentStart;
        foreach (var change in changes)
        {
            left.Append(template.Text, at, change.Start - at).Append(change.Text);
            at = change.End;
        }
        left.Append(template.Text, at, style.ContentEnd - at);
        var text = left.Replace("<!--", "").Replace("-->", "").ToString();
        return CssScanner.SkipSpace(text, 0, text.Length) == text.Length;
    }
}
