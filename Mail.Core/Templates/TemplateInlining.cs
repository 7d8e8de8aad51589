using Mail.Core.Templates.Engine;
using Mail.Core.Templates.Inlining;

namespace Mail.Core.Templates;

/// <summary>Makes of content what is sent of it.</summary>
public static class TemplateInlining
{
    /// <summary>The content with its styles in its elements, if it asks for that; null when something is wrong with it.</summary>
    public static (TemplateContent? Content, IReadOnlyList<PartError> Errors) Prepare(
        TemplateContent content, TemplateLimits limits, TimeProvider clock)
    {
        if (content is { InlineCss: true, IsDesign: true })
            return (null, [new PartError(TemplateParts.HtmlPart, new TemplateError(1, 1, "The html of a design has its styles in its elements already: inlineCss is for html of one's own."))]);
        var errors = TemplateParts.Compile(content.Subject, content.Html, content.Text, limits).Errors;
        if (errors.Count > 0)
            return (null, errors);
        if (content is not { InlineCss: true, Html: { } html })
            return (content with { InlinedHtml = null }, []);
        var inlining = CssInliner.Inline(html, limits, clock);
        if (inlining.Problem is { } problem)
            return (null, [new PartError(TemplateParts.HtmlPart, new TemplateError(1, 1, problem))]);
        // It is longer now.
        var (_, tooLong) = CompiledTemplate.Parse(inlining.Html, TemplateContext.Html, limits);
        return tooLong is null
            ? (content with { InlinedHtml = inlining.Html }, [])
            : (null, [new PartError(TemplateParts.HtmlPart, tooLong with { Message = "With the styles in its elements: " + tooLong.Message })]);
    }
}
