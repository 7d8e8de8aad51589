using Mail.Core.Templates.Engine;
using Mail.Core.Templates.Inlining;
using Mail.Core.Templates.PlainText;

namespace Mail.Core.Templates;

/// <summary>The compiled parts of one version.</summary>
public sealed class TemplateParts
{
    public const string SubjectPart = "subject";
    public const string HtmlPart = "html";
    public const string TextPart = "text";

    private readonly CompiledTemplate _subject;
    private readonly CompiledTemplate? _html;
    private readonly CompiledTemplate? _text;

    // Says where an error is for the author, who does not see what was made of it.
    private string? _htmlAsWritten;

    private TemplateParts(CompiledTemplate subject, CompiledTemplate? html, CompiledTemplate? text)
    {
        _subject = subject;
        _html = html;
        _text = text;
    }

    public long Bytes => _subject.Bytes + (_html?.Bytes ?? 0) + (_text?.Bytes ?? 0) + (2L * _htmlAsWritten?.Length ?? 0);

    /// <summary>The same of a stored version.</summary>
    public static (TemplateParts? Parts, IReadOnlyList<PartError> Errors) Compile(TemplateContent content, TemplateLimits limits)
    {
        var (parts, errors) = Compile(content.Subject, content.InlinedHtml ?? content.Html, content.Text, limits);
        if (parts is not null && content.InlinedHtml is not null)
            parts._htmlAsWritten = content.Html;
        return (parts, errors);
    }

    /// <summary>The parts, or what is wrong with each that cannot be parsed.</summary>
    public static (TemplateParts? Parts, IReadOnlyList<PartError> Errors) Compile(string subject, string? html, string? text, TemplateLimits limits)
    {
        var errors = new List<PartError>();
        var parsedSubject = Parse(SubjectPart, subject, TemplateContext.Subject);
        var parsedHtml = Parse(HtmlPart, html, TemplateContext.Html);
        var parsedText = Parse(TextPart, text, TemplateContext.Text);
        return errors.Count == 0 ? (new TemplateParts(parsedSubject!, parsedHtml, parsedText), errors) : (null, errors);

        CompiledTemplate? Parse(string part, string? source, TemplateContext context)
        {
            if (source is null)
                return null;
            var (template, error) = CompiledTemplate.Parse(source, context, limits);
            if (error is not null)
                errors.Add(new PartError(part, error));
            return template;
        }
    }

    /// <summary>The same with another subject.</summary>
    public (TemplateParts? Parts, PartError? Error) WithSubject(string subject, TemplateLimits limits)
    {
        var (template, error) = CompiledTemplate.Parse(subject, TemplateContext.Subject, limits);
        return error is null ? (new TemplateParts(template!, _html, _text) { _htmlAsWritten = _htmlAsWritten }, null) : (null, new PartError(SubjectPart, error));
    }

    /// <summary>What does not stand in the elements, or would not look as it did.</summary>
    public IReadOnlyList<string> InliningWarnings(TemplateLimits limits, TimeProvider clock) =>
        _htmlAsWritten is { } html ? CssInliner.Inline(html, limits, clock).Warnings : [];

    public TemplateVariables Variables() => TemplateVariables.Of(_subject, _html, _text).Without(UnsubscribeVariable.Name);

    /// <summary>Renders all parts, whatever is wrong with one of them. A missing text is derived from the HTML.</summary>
    public PartsRendering Render(TemplateModel variables, TemplateLimits limits, TimeProvider clock)
    {
        var missing = new Dictionary<string, MissingVariable>();
        PartError? error = null;
        var subject = Part(SubjectPart, _subject)!;
        var html = Part(HtmlPart, _html);
        var text = Part(TextPart, _text) ?? (html is null ? null : HtmlToText.Convert(html));
        return new PartsRendering(subject, html, text is { Length: 0 } && html is not null ? null : text, [.. missing.Values], error);

        string? Part(string name, CompiledTemplate? template)
        {
            if (template is null)
                return null;
            var rendering = template.Render(variables, limits, clock);
            foreach (var variable in rendering.Missing)
                missing.TryAdd(variable.Name, variable);
            if (rendering.Error is { } wrong)
                error ??= new PartError(name, name == HtmlPart ? AsWritten(wrong, variables, limits, clock) : wrong);
            return rendering.Text;
        }
    }

    private TemplateError AsWritten(TemplateError error, TemplateModel variables, TemplateLimits limits, TimeProvider clock) =>
        _htmlAsWritten is { } html && CompiledTemplate.Parse(html, TemplateContext.Html, limits).Template is { } template
            ? template.Render(variables, limits, clock).Error ?? error
            : error;
}

/// <param name="Part"><c>subject</c>, <c>html</c> or <c>text</c>.</param>
public sealed record PartError(string Part, TemplateError Error);

/// <summary>What came of rendering a version.</summary>
/// <param name="Missing">The variables without a value; in the texts they stand as nothing.</param>
/// <param name="Error">Why a part could not be rendered; the part is empty then.</param>
public sealed record PartsRendering(string Subject, string? Html, string? Text, IReadOnlyList<MissingVariable> Missing, PartError? Error);
