using System.Text;

namespace Mail.Core.Templates.Inlining;

/// <summary>
/// Writes what rules say about an element in front of its own style, weakest first: so the attribute's own cascade comes to the same
/// as that of the sheet did, and what the element says itself comes last.
/// </summary>
internal sealed class ElementStyle(MaskedTemplate template)
{
    /// <summary>What to change; null for nothing.</summary>
    /// <param name="written">The properties that are written.</param>
    public TextEdit? Merge(OutlineElement element, List<RuleMatch> matches, List<string> written)
    {
        var style = element.Find("style");
        // What is written without quotes ends at the first space; what has quotes in it is left alone.
        if (style is { HasValue: true, Quote: '\0' } && style.Value.AsSpan().IndexOfAny('"', '\'') >= 0)
        {
            matches.ForEach(match => match.Use.Stays = true);
            return null;
        }
        var declarations = WithoutOverruled(Sort(matches));
        if (style is not null)
            RemoveOwn(declarations, style);
        if (declarations.Count == 0)
            return null;
        written.AddRange(declarations.Select(one => one.Declaration.Property));
        return Write(element, style, [.. declarations.Select(one => one.Declaration)]);
    }

    /// <summary>The declarations that are certain, weakest first.</summary>
    private static List<(CssDeclaration Declaration, RuleUse Use)> Sort(List<RuleMatch> matches)
    {
        // Where a rule may or may not overrule a property, all of its rules stay in the sheet together.
        var open = matches.Where(match => !match.IsSure).SelectMany(match => match.Use.Rule.Declarations).Select(one => one.Group).ToHashSet();
        var sorted = new List<(CssDeclaration, RuleUse)>();
        var strongest = matches.Where(match => match.IsSure)
            .GroupBy(match => match.Use.Rule.Order, (order, same) => same.MaxBy(match => match.Specificity))
            .OrderBy(match => match.Specificity).ThenBy(match => match.Use.Rule.Order);
        foreach (var match in strongest)
        {
            foreach (var declaration in match.Use.Rule.Declarations)
            {
                if (open.Contains(declaration.Group))
                    match.Use.Stays = true;
                else
                    sorted.Add((declaration, match.Use));
            }
        }
        return sorted;
    }

    // Several values of a property in one rule are for clients that do not know the last one. What a variable says may be nothing.
    private List<(CssDeclaration Declaration, RuleUse Use)> WithoutOverruled(List<(CssDeclaration Declaration, RuleUse Use)> sorted)
    {
        var strongest = new Dictionary<string, (bool IsImportant, RuleUse Use)>();
        foreach (var (declaration, use) in sorted)
        {
            if (DependsOnVariables(declaration))
                continue;
            if (!strongest.TryGetValue(declaration.Property, out var other) || declaration.IsImportant || !other.IsImportant)
                strongest[declaration.Property] = (declaration.IsImportant, use);
        }
        return [.. sorted.Where(one => DependsOnVariables(one.Declaration)
            || !strongest.TryGetValue(one.Declaration.Property, out var other) || other.Use == one.Use)];
    }

    private void RemoveOwn(List<(CssDeclaration Declaration, RuleUse Use)> declarations, HtmlAttribute style)
    {
        var own = CssDeclaration.Read(style.Value, 0, style.Value.Length, out _);
        var source = template.Source[style.ValueStart..style.ValueEnd];
        declarations.RemoveAll(one => own.Any(other =>
            other.Property == one.Declaration.Property && (other.IsImportant || !one.Declaration.IsImportant)
            && (!MaskedTemplate.HasMask(style.Value.AsSpan(other.Start, other.End - other.Start))
                || source.Contains(template.Source[one.Declaration.Start..one.Declaration.End], StringComparison.Ordinal))));
    }

    private TextEdit Write(OutlineElement element, HtmlAttribute? style, IReadOnlyList<CssDeclaration> declarations)
    {
        var quote = style is { HasValue: true, Quote: not '\0' } ? style.Quote : QuoteFor(declarations);
        var text = new StringBuilder();
        foreach (var declaration in declarations)
        {
            text.Append(text.Length > 0 ? "; " : "");
            AppendEncoded(text, declaration.Start, declaration.End, quote);
        }
        if (style is null)
            return new TextEdit(element.NameEnd, element.NameEnd, $" style={quote}{text}{quote}");
        if (!style.HasValue)
            return new TextEdit(style.ValueStart, style.ValueEnd, $"={quote}{text}{quote}");
        var own = template.Source[style.ValueStart..style.ValueEnd];
        if (!string.IsNullOrWhiteSpace(own))
            text.Append("; ").Append(own);
        return new TextEdit(style.ValueStart, style.ValueEnd, style.Quote == '\0' ? $"{quote}{text}{quote}" : text.ToString());
    }

    private char QuoteFor(IReadOnlyList<CssDeclaration> declarations)
    {
        bool Has(char quote) => declarations.Any(one => template.Text.AsSpan(one.Start, one.End - one.Start).Contains(quote));
        return Has('"') && !Has('\'') ? '\'' : '"';
    }

    private void AppendEncoded(StringBuilder text, int start, int end, char quote)
    {
        for (var i = start; i < end; i++)
        {
            // Of a tag nothing is changed, not even its quotes.
            _ = template.Text[i] switch
            {
                '&' => text.Append("&amp;"),
                var character when character == quote => text.Append(quote == '"' ? "&quot;" : "&#39;"),
                _ => text.Append(template.Source[i]),
            };
        }
    }

    private bool DependsOnVariables(CssDeclaration declaration) =>
        MaskedTemplate.HasMask(template.Text.AsSpan(declaration.Start, declaration.End - declaration.Start));
}

/// <summary>A piece of text and what stands there instead.</summary>
internal sealed record TextEdit(int Start, int End, string Text);
