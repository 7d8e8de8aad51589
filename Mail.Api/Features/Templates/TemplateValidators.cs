using FluentValidation;
using FluentValidation.Results;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Core.Ids;
using Mail.Core.Templates;
using Mail.Core.Templates.Engine;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Templates;

internal sealed class CreateTemplateValidator : AbstractValidator<CreateTemplateRequest>
{
    public CreateTemplateValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        TemplateFields.CheckName(request.Name, isRequired: true, context.AddFailure);
        TemplateFields.CheckSlug(request.Slug, context.AddFailure);
        TemplateFields.CheckSubject(request.Subject, isRequired: true, context.AddFailure);
        TemplateFields.CheckBodies(request.Html, request.Text, request.Design, request.InlineCss, context.AddFailure);
    });
}

internal sealed class DraftTemplateValidator : AbstractValidator<DraftTemplateRequest>
{
    public DraftTemplateValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        TemplateFields.CheckName(request.Name, isRequired: true, context.AddFailure);
        TemplateFields.CheckSlug(request.Slug, context.AddFailure);
        TemplateFields.CheckSubject(request.Subject, isRequired: true, context.AddFailure);
        TemplateFields.CheckBodies(request.Html, request.Text, request.Design, request.InlineCss, context.AddFailure);
    });
}

internal sealed class UpdateTemplateValidator : AbstractValidator<UpdateTemplateRequest>
{
    private static readonly string[] Statuses = ["active", "archived"];

    public UpdateTemplateValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        TemplateFields.CheckName(request.Name, isRequired: false, context.AddFailure);
        TemplateFields.CheckSlug(request.Slug, context.AddFailure);
        TemplateFields.CheckSubject(request.Subject, isRequired: false, context.AddFailure);
        request.Design?.Check(request.Html, request.Text, request.InlineCss, context.AddFailure);
        if (request.Status is { } status && !Statuses.Contains(status))
            context.AddFailure(Failures.Of("/status", FieldCodes.InvalidValue, "status can be set to active or archived; DELETE deletes."));
    });
}

internal sealed class CreateTemplateVersionValidator : AbstractValidator<CreateTemplateVersionRequest>
{
    public CreateTemplateVersionValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        TemplateFields.CheckSubject(request.Subject, isRequired: false, context.AddFailure);
        request.Design?.Check(request.Html, request.Text, request.InlineCss, context.AddFailure);
    });
}

internal sealed class PreviewTemplateValidator : AbstractValidator<PreviewTemplateRequest>
{
    public PreviewTemplateValidator(IOptions<TemplateLimits> limits) => RuleFor(request => request).Custom((request, context) =>
    {
        if (request is { Data: not null, Variables: not null })
            context.AddFailure(Failures.Of("/variables", FieldCodes.InvalidValue, "data and variables mean the same: send one of them."));
        TemplateFields.CheckVariables(request.Data, "/data", limits.Value, context.AddFailure);
        TemplateFields.CheckVariables(request.Variables, "/variables", limits.Value, context.AddFailure);
        if (request.VersionId is { } version && !PrefixedId.TryParse<TemplateVersionId>(version, out _))
            context.AddFailure(Failures.Of("/versionId", FieldCodes.InvalidValue, "versionId must be the id of a version, which begins with tpv_."));
    });
}

internal sealed class PreviewContentValidator : AbstractValidator<PreviewContentRequest>
{
    public PreviewContentValidator(IOptions<TemplateLimits> limits) => RuleFor(request => request).Custom((request, context) =>
    {
        TemplateFields.CheckSubject(request.Subject, isRequired: false, context.AddFailure);
        TemplateFields.CheckBodies(request.Html, request.Text, request.Design, request.InlineCss, context.AddFailure);
        TemplateFields.CheckVariables(request.Data, "/data", limits.Value, context.AddFailure);
    });
}

internal sealed class SendTemplateValidator : MessageRequestValidator<SendTemplateRequest>
{
    public SendTemplateValidator(IOptions<SendOptions> options) : base(options) =>
        RuleFor(request => request.Template).NotEmpty().WithErrorCode(FieldCodes.Required).WithMessage("template is required: an id or a slug.");
}

internal sealed class TestTemplateValidator(IOptions<SendOptions> options) : MessageRequestValidator<TestTemplateRequest>(options);

/// <summary>The checks of single fields.</summary>
internal static class TemplateFields
{
    private const int MaxName = 200;

    // A source may be longer than the subject that comes of it.
    private const int MaxSubjectSource = 10_000;

    public static void CheckName(string? name, bool isRequired, Action<ValidationFailure> fail)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            if (isRequired || name is not null)
                fail(Failures.Of("/name", FieldCodes.Required, "name is required."));
        }
        else if (name.Length > MaxName)
            fail(Failures.Of("/name", FieldCodes.TooLong, $"name has at most {MaxName} characters."));
        else if (LineText.HasControl(name))
            fail(Failures.Of("/name", FieldCodes.InvalidCharacters, "name must not have control characters."));
    }

    public static void CheckSlug(string? slug, Action<ValidationFailure> fail)
    {
        if (slug is not null && !TemplateSlug.IsValid(slug))
            fail(Failures.Of("/slug", FieldCodes.InvalidValue, $"slug has {TemplateSlug.Form}."));
    }

    public static void CheckSubject(string? subject, bool isRequired, Action<ValidationFailure> fail)
    {
        if (string.IsNullOrWhiteSpace(subject))
        {
            if (isRequired || subject is not null)
                fail(Failures.Of("/subject", FieldCodes.Required, "subject is required."));
        }
        else if (subject.Length > MaxSubjectSource)
            fail(Failures.Of("/subject", FieldCodes.TooLong, $"subject has at most {MaxSubjectSource} characters."));
        else if (LineText.HasControl(subject))
            fail(Failures.Of("/subject", FieldCodes.InvalidCharacters, "subject must not have control characters or line breaks."));
    }

    public static void CheckBodies(string? html, string? text, DesignInput? design, bool? inlineCss, Action<ValidationFailure> fail)
    {
        if (design is not null)
            design.Check(html, text, inlineCss, fail);
        else if (string.IsNullOrEmpty(html) && string.IsNullOrEmpty(text))
            fail(Failures.Of("/html", FieldCodes.Required, "html, text or design is required."));
    }

    public static void CheckVariables(VariablesInput? variables, string path, TemplateLimits limits, Action<ValidationFailure> fail)
    {
        if (variables is not null && TemplateModel.Read(variables.Value, limits).Problem is { } problem)
            fail(Failures.Of(path, FieldCodes.InvalidValue, problem));
    }
}
