using System.Diagnostics;
using Mail.Api.Features.Templates;
using Mail.Api.Http;
using Mail.Core.Messages;
using Mail.Core.Templates;
using Mail.Core.Templates.Engine;

namespace Mail.Api.Features.Messages;

/// <summary>What a refused message answers, by itself or as an item of a batch.</summary>
internal static class SendRefusals
{
    /// <summary>What every route that accepts messages may answer.</summary>
    public static readonly ProblemKind[] Usual =
    [
        ProblemKind.IdempotencyConflict, ProblemKind.DomainNotVerified, ProblemKind.PaymentRequired, ProblemKind.SpendCapReached,
        ProblemKind.QuotaExceeded, ProblemKind.SendingPaused,
    ];

    public static Problem Of(AcceptOutcome.Refusal refusal) => refusal switch
    {
        AcceptOutcome.IdempotencyConflict conflict => new Problem(ProblemKind.IdempotencyConflict,
            $"The idempotency key '{conflict.Key}' was used with another body within the last 24 hours."),
        AcceptOutcome.DomainNotVerified missing => new Problem(ProblemKind.DomainNotVerified,
            $"The domain '{missing.Domain}' is not a verified sending domain of your organization.")
        {
            Errors = [new FieldError("/from", "domain_not_verified", $"'{missing.Domain}' is not verified.")],
        },
        AcceptOutcome.DomainNotAllowed other => new Problem(ProblemKind.Forbidden,
            $"This API key may send from '{other.Allowed}' only, not from '{other.Domain}'."),
        AcceptOutcome.PaymentRequired free => new Problem(ProblemKind.PaymentRequired,
            $"The {free.FreePerMonth} free messages of this month are used up, and there is no payment method."),
        AcceptOutcome.SpendCapReached cap => new Problem(ProblemKind.SpendCapReached,
            $"Sending this would cost more than the spend cap of {cap.CapCents} cents for this month."),
        AcceptOutcome.QuotaExceeded quota => new Problem(ProblemKind.QuotaExceeded, TextOf(quota)) { RetryAfter = quota.RetryAfter },
        AcceptOutcome.SendingPaused paused => new Problem(ProblemKind.SendingPaused, TextOf(paused)) { RetryAfter = PauseRetry },
        AcceptOutcome.TemplateNotFound template => new Problem(ProblemKind.NotFound,
            $"There is no template '{template.Template}' that can be sent."),
        AcceptOutcome.MissingVariables missing => TemplateProblems.Missing(missing.Field, missing.Variables),
        AcceptOutcome.InvalidVariables invalid => Problem.Validation("/" + invalid.Field, FieldCodes.InvalidValue, invalid.Problem),
        AcceptOutcome.TemplateError error => TemplateProblems.Of(
            [new PartError(error.Part, new TemplateError(error.Line, error.Column, error.Message))]),
        AcceptOutcome.RecipientSuppressed suppressed => new Problem(ProblemKind.RecipientSuppressed,
            $"On the suppression list: {string.Join(", ", suppressed.Addresses)}."),
        AcceptOutcome.AttachmentNotFound missing => Problem.Validation([.. missing.Positions.Select(position => new FieldError(
            $"/attachments/{position}", FieldCodes.NotFound, "There is no such asset or finished upload."))]),
        AcceptOutcome.AttachmentsTooLarge large => new Problem(ProblemKind.PayloadTooLarge,
            $"The attachments of a message have at most {large.MaxBytes} bytes."),
        AcceptOutcome.Overloaded => Problem.Unavailable("Too many messages are waiting to be stored. Try again."),
        _ => throw new UnreachableException(),
    };

    // Somebody has to look at it first.
    private static readonly TimeSpan PauseRetry = TimeSpan.FromHours(1);

    private static string TextOf(AcceptOutcome.QuotaExceeded quota) => quota.Quota switch
    {
        SendingQuota.PerSecond => $"At most {quota.Limit} recipients a second can be sent to.",
        SendingQuota.Hourly => $"The limit of {quota.Limit} recipients an hour is used up.",
        SendingQuota.Daily => $"The limit of {quota.Limit} recipients a day is used up.",
        SendingQuota.WarmUp => $"The limit of {quota.Limit} recipients a day in this stage of the warm-up is used up.",
        _ => throw new UnreachableException(),
    };

    private static string TextOf(AcceptOutcome.SendingPaused paused) => paused.Domain is { } domain
        ? $"Sending from '{domain}' is paused because of its bounces and complaints, until it is reviewed."
        : "Sending is paused because of bounces and complaints, until it is reviewed.";
}
