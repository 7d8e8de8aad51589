using System.Text;
using Mail.Core.Templates.Engine;

namespace Mail.Core.Templates.Inlining;

/// <summary>
/// Writes the rules of <c>style</c> elements into the <c>style</c> attributes of the elements that they match, for the mail programs that
/// read nothing else. It works on the template, not on what is rendered: only start tags and style sheets are edited, every other character
/// stays. Rules that only a client can apply stay in the sheet, and so do those whose effect depends on the variables.
/// </summary>
public sealed class CssInliner
{
    private const int MaxMatches = 500_000;

    private readonly MaskedTemplate _template;
    private readonly HtmlOutline _outline;
    private readonly InliningBudget _budget;
    private readonly SelectorMatcher _matcher;
    private readonly CssReader _sheets;
    private readonly List<RuleUse> _uses = [];
    private readonly Dictionary<OutlineElement, List<RuleMatch>> _matches = [];
    private readonly Dictionary<OutlineElement, List<string>> _written = [];
    private readonly int _maxLength;

    private CssInliner(string html, TemplateLimits limits, TimeProvider clock)
    {
        _template = MaskedTemplate.Of(html, limits.MaxDepth);
        _budget = new InliningBudget(clock, limits.MaxTime);
        _outline = HtmlOutline.Of(_template, _budget);
        _matcher = new SelectorMatcher(_outline, _budget);
        _sheets = new CssReader(_template.Text);
        _maxLength = limits.MaxSourceBytes;
    }

    /// <param name="html">A template that parses.</param>
    public static CssInlining Inline(string html, TemplateLimits limits, TimeProvider clock) => new CssInliner(html, limits, clock).Run();

    private CssInlining Run()
    {
        if (_outline.Problem is { } problem)
            return CssInlining.Refuse($"The styles cannot be inlined: the HTML {problem}.");
        var ends = new List<int>();
        foreach (var style in _outline.Styles)
        {
            if (!_sheets.Read(style.ContentStart, style.ContentEnd, style.IsSure))
                return CssInlining.Refuse("The styles cannot be inlined: there are too many rules.");
            ends.Add(_sheets.Rules.Count);
        }
        if (!MatchRules() || WriteStyles() is not { } edits)
            return CssInlining.Refuse("The styles cannot be inlined: there is too much to do. Use fewer rules, or fewer elements.");
        var sheets = new StyleSheetEdits(_template, _outline, _uses);
        for (var i = 0; i < ends.Count; i++)
            sheets.Add(_outline.Styles[i], i == 0 ? 0 : ends[i - 1], ends[i], edits);
        var warnings = InliningWarnings.Of(_template, _uses, _sheets, _matcher, _written, _outline);
        return new CssInlining(Apply(edits), warnings, null);
    }

    private bool MatchRules()
    {
        var count = 0;
        foreach (var rule in _sheets.Rules)
        {
            var use = new RuleUse(rule) { Stays = _outline.HasUnknownElements || !rule.IsSure || !rule.IsWhole };
            _uses.Add(use);
            for (var i = 0; i < rule.Selectors.Count; i++)
            {
                if (rule.Selectors[i].Selector is not { } selector)
                    continue;
                use.Stays |= _outline.Commented.Any(element => selector.Compounds[^1].Match(element) != Matching.No);
                count += AddMatches(use, i, selector);
                if (_budget.IsSpent || count > MaxMatches || !_budget.Spend(_outline.Commented.Count))
                    return false;
            }
        }
        return true;
    }

    private int AddMatches(RuleUse use, int number, CssSelector selector)
    {
        var count = 0;
        var row = _matcher.Match(selector);
        for (var i = 0; i < row.Length; i++)
        {
            var element = _outline.Elements[i];
            if (row[i] == Matching.No)
                continue;
            // There is no tag to write it into.
            use.Stays |= element.NameEnd < 0;
            if (element.Attributes is not null && !element.IsStyled)
                continue;
            var isSure = row[i] == Matching.Yes && use.Rule.IsSure && !(use.Rule.HasValues && element.IsInEach);
            use.IsInlined[number] = true;
            use.IsOpen |= !isSure;
            use.Stays |= !isSure;
            if (!element.IsStyled)
                continue;
            if (!_matches.TryGetValue(element, out var matches))
                _matches.Add(element, matches = []);
            matches.Add(new RuleMatch(use, selector.Specificity, isSure));
            count++;
        }
        return count;
    }

    /// <summary>Null when it is too much.</summary>
    private List<TextEdit>? WriteStyles()
    {
        var edits = new List<TextEdit>();
        var styles = new ElementStyle(_template);
        var length = 0L;
        foreach (var (element, matches) in _matches)
        {
            if (!_budget.Spend(matches.Sum(match => 1 + match.Use.Rule.Declarations.Count)))
                return null;
            var written = new List<string>();
            if (styles.Merge(element, matches, written) is not { } edit)
                continue;
            edits.Add(edit);
            _written.Add(element, written);
            length += edit.Text.Length;
            if (length > _maxLength)
                return null;
        }
        return edits;
    }

    private string Apply(List<TextEdit> edits)
    {
        var text = new StringBuilder(_template.Source.Length * 2);
        var at = 0;
        foreach (var edit in edits.OrderBy(edit => edit.Start))
        {
            text.Append(_template.Source, at, edit.Start - at).Append(edit.Text);
            at = edit.End;
        }
        return text.Append(_template.Source, at, _template.Source.Length - at).ToString();
    }
}

/// <param name="Html">The template with the styles in its elements.</param>
/// <param name="Warnings">What could not be written into elements, or would not look as it did.</param>
/// <param name="Problem">Why it was given up; null when it was not.</param>
public sealed record CssInlining(string Html, IReadOnlyList<string> Warnings, string? Problem)
{
    internal static CssInlining Refuse(string problem) => new("", [], problem);
}
