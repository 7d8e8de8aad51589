using Mail.Core.ApiKeys;
using Mail.Core.Templates;
using Mail.Core.Templates.Engine;
using Mail.Core.Templates.PlainText;
using Microsoft.Extensions.Options;

namespace Mail.Core.Messages;

/// <summary>
/// Makes the content of a message: from a template, from its own subject and bodies with variables, or as it is. HTML that
/// comes without text gets one.
/// </summary>
public sealed class MessageRendering(SendableTemplates templates, IOptions<TemplateLimits> limits, TimeProvider clock)
{
    private const int MaxSubject = 998;

    public async ValueTask<RenderOutcome> RenderAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (message.Render is not { } use)
            return new RenderOutcome.Rendered(WithText(message));
        var (variables, problem) = TemplateModel.Read(use.Variables, limits.Value);
        if (variables is null)
            return new RenderOutcome.Refused(new AcceptOutcome.InvalidVariables(use.Field, problem!));
        if (message.Unsubscribe)
            variables = variables.With(UnsubscribeVariable.Name, UnsubscribeVariable.StandIn);
        return use.Template is null
            ? RenderOwn(message, use, variables)
            : await RenderTemplateAsync(caller, message, use, variables, cancellationToken);
    }

    private RenderOutcome RenderOwn(OutgoingMessage message, TemplateUse use, TemplateModel variables)
    {
        var (parts, errors) = TemplateParts.Compile(message.Subject, message.Html, message.Text, limits.Value);
        return parts is null ? Refuse(errors[0]) : Finish(message, parts, use, variables);
    }

    private async Task<RenderOutcome> RenderTemplateAsync(
        Caller caller, OutgoingMessage message, TemplateUse use, TemplateModel variables, CancellationToken cancellationToken)
    {
        if (await templates.FindAsync(caller.Organization, use, cancellationToken) is not { } found)
            return new RenderOutcome.Refused(new AcceptOutcome.TemplateNotFound(use.Template!));
        message = message with { Template = new TemplateReference(found.Template.Id, found.Number) };
        if (message.Subject.Length == 0)
            return Finish(message, found.Parts, use, variables);
        var (parts, error) = found.Parts.WithSubject(message.Subject, limits.Value);
        return parts is null ? Refuse(error!) : Finish(message, parts, use, variables);
    }

    private RenderOutcome Finish(OutgoingMessage message, TemplateParts parts, TemplateUse use, TemplateModel variables)
    {
        var result = parts.Render(variables, limits.Value, clock);
        if (result.Error is { } error)
            return Refuse(error);
        if (result.Missing.Count > 0)
            return new RenderOutcome.Refused(new AcceptOutcome.MissingVariables(use.Field, result.Missing));
        var subject = result.Subject.Trim();
        if (subject.Length is 0 or > MaxSubject)
            return Refuse(new PartError(TemplateParts.SubjectPart, new TemplateError(1, 1,
                subject.Length == 0 ? "The subject is empty with these variables." : $"The subject has more than {MaxSubject} characters with these variables.")));
        if (UnsubscribeVariable.IsIn(subject))
            return Refuse(new PartError(TemplateParts.SubjectPart, new TemplateError(1, 1, $"'{UnsubscribeVariable.Name}' is for html and text, not for the subject.")));
        return new RenderOutcome.Rendered(message with { Subject = subject, Html = result.Html, Text = result.Text });
    }

    private static OutgoingMessage WithText(OutgoingMessage message) =>
        message is { Html: { } html, Text: null } && HtmlToText.Convert(html) is { Length: > 0 } text ? message with { Text = text } : message;

    private static RenderOutcome.Refused Refuse(PartError error) =>
        new(new AcceptOutcome.TemplateError(error.Part, error.Error.Line, error.Error.Column, error.Error.Message));
}

public abstract record RenderOutcome
{
    private RenderOutcome()
    {
    }

    public sealed record Rendered(OutgoingMessage Message) : RenderOutcome;

    public sealed record Refused(AcceptOutcome.Refusal Reason) : RenderOutcome;
}
