using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Core.Webhooks;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Webhooks;

internal sealed class CreateWebhookValidator : AbstractValidator<CreateWebhookRequest>
{
    public CreateWebhookValidator(IOptions<WebhookOptions> options) => RuleFor(request => request).Custom((request, context) =>
    {
        WebhookRules.CheckUrl(request.Url, isRequired: true, options.Value, context.AddFailure);
        WebhookRules.CheckDescription(request.Description, context.AddFailure);
        WebhookRules.CheckTypes("/eventTypes", request.EventTypes, WebhookDialect.Mail, context.AddFailure);
    });
}

/// <summary>Whether the types are of the endpoint's own dialect is seen when the endpoint is.</summary>
internal sealed class UpdateWebhookValidator : AbstractValidator<UpdateWebhookRequest>
{
    public UpdateWebhookValidator(IOptions<WebhookOptions> options) => RuleFor(request => request).Custom((request, context) =>
    {
        WebhookRules.CheckUrl(request.Url, isRequired: false, options.Value, context.AddFailure);
        WebhookRules.CheckDescription(request.Description, context.AddFailure);
        if (request.EventTypes is not null)
            WebhookRules.CheckTypes("/eventTypes", request.EventTypes, null, context.AddFailure);
        if (request.Status is { } status && !WebhookStatusText.TryParse(status, out WebhookStatus _))
            context.AddFailure(Failures.Of("/status", FieldCodes.InvalidValue, "status must be active or disabled."));
    });
}

internal sealed class AccountWebhookValidator : AbstractValidator<AccountWebhookRequest>
{
    public AccountWebhookValidator(IOptions<WebhookOptions> options) => RuleFor(request => request).Custom((request, context) =>
    {
        WebhookRules.CheckUrl(request.Url, isRequired: true, options.Value, context.AddFailure);
        WebhookRules.CheckDescription(request.Description, context.AddFailure);
        if (request is { Events: not null, EventTypes: not null })
            context.AddFailure(Failures.Of("/eventTypes", FieldCodes.InvalidValue, "Send events or eventTypes, not both."));
        else if (request.Events is not null)
            WebhookRules.CheckTypes("/events", request.Events, null, context.AddFailure);
        else
            WebhookRules.CheckTypes("/eventTypes", request.EventTypes?.Names, null, context.AddFailure);
    });
}

internal sealed class ReplayWebhookValidator : AbstractValidator<ReplayWebhookRequest>
{
    public ReplayWebhookValidator() => RuleFor(request => request.Since)
        .NotNull().WithErrorCode(FieldCodes.Required).WithMessage("since is required: a time such as 2026-05-12T09:00:00Z.");
}
