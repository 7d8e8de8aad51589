using System.Diagnostics;
using System.Globalization;
using Mail.Core.Messages;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Submission;

/// <summary>What <see cref="AcceptOutcome"/> is in SMTP, and the other replies of submission.</summary>
internal static class SubmissionReplies
{
    /// <summary>The credentials cannot be looked up: RFC 4954 §6.</summary>
    public static SmtpReply LoginUnavailable { get; } = new(454, "4.7.0", "Temporary authentication failure, try again later");

    /// <summary>RFC 5321 §3.8; 4.7.0 RFC 3463 §3.8.</summary>
    public static SmtpReply TooManyFailures { get; } = new SmtpReply(421, "4.7.0", "Too many failed log-ins from this address, try again later").AndClose();

    /// <summary>RFC 4954 §6; the code of RFC 5248 §2.4 for an account that is disabled.</summary>
    public static SmtpReply Suspended { get; } = new(535, "5.7.13", "The organization is suspended");

    public static SmtpReply ScopeMissing { get; } = new(535, "5.7.8", "This API key lacks the scope emails:send");

    /// <summary>The key was revoked, or has expired, since it logged in.</summary>
    public static SmtpReply KeyIsOver { get; } = new SmtpReply(421, "4.7.0", "The API key is not valid any more").AndClose();

    /// <summary>Mail goes to names, not to addresses of the network, as in the API.</summary>
    public static SmtpReply InvalidRecipient { get; } = new(553, "5.1.3", "A full address with a domain name is needed");

    /// <summary>RFC 3463 §3.8: delivery not authorized.</summary>
    public static SmtpReply Suppressed(string address) => new(550, "5.7.1", $"{address} is on the suppression list");

    public static SmtpReply RateLimited(TimeSpan retryAfter) => new(450, "4.7.1", $"Rate limit reached, try again in {Seconds(retryAfter)} s");

    /// <summary>The message itself is what is wrong: RFC 3463 §3.7.</summary>
    public static SmtpReply Invalid(string problem) => new(554, "5.6.0", problem);

    public static SmtpReply Of(AcceptOutcome outcome) => outcome switch
    {
        AcceptOutcome.Accepted accepted => SmtpReplies.Queued(accepted.Id.ToString()),
        AcceptOutcome.Replayed replayed => SmtpReplies.Queued(replayed.Id.ToString()),
        AcceptOutcome.IdempotencyConflict conflict => Invalid($"Idempotency-Key '{conflict.Key}' was used with another message"),
        AcceptOutcome.DomainNotVerified missing => NotAllowed($"{missing.Domain} is not a verified sending domain of your organization"),
        AcceptOutcome.DomainNotAllowed other => NotAllowed($"This API key may send from {other.Allowed} only, not from {other.Domain}"),
        AcceptOutcome.PaymentRequired free => Policy($"The {free.FreePerMonth} free messages of this month are used up"),
        AcceptOutcome.SpendCapReached => Policy("The spend cap of this month is reached"),
        AcceptOutcome.QuotaExceeded quota => new SmtpReply(451, "4.7.1",
            $"The limit of {quota.Limit} recipients ({quota.Quota}) is used up, try again in {Seconds(quota.RetryAfter)} s"),
        AcceptOutcome.SendingPaused paused => new SmtpReply(451, "4.7.1",
            $"Sending{(paused.Domain is null ? "" : " from " + paused.Domain)} is paused because of bounces and complaints"),
        AcceptOutcome.RecipientSuppressed suppressed => Suppressed(string.Join(", ", suppressed.Addresses)),
        AcceptOutcome.AttachmentsTooLarge => SmtpReplies.MessageTooBig,
        AcceptOutcome.Overloaded => new SmtpReply(452, "4.3.1", "Too many messages are waiting to be stored, try again later"),
        AcceptOutcome.Refusal refusal => Invalid(ContentProblem(refusal)),
        _ => throw new UnreachableException(),
    };

    private static string ContentProblem(AcceptOutcome.Refusal refusal) => refusal switch
    {
        AcceptOutcome.TemplateNotFound missing => $"There is no template '{missing.Template}' that can be sent",
        AcceptOutcome.MissingVariables missing => $"{missing.Field} lacks {string.Join(", ", missing.Variables.Select(variable => variable.Name))}",
        AcceptOutcome.InvalidVariables invalid => $"{invalid.Field}: {invalid.Problem}",
        AcceptOutcome.TemplateError error => $"The template's {error.Part} has an error in line {error.Line}, column {error.Column}: {error.Message}",
        AcceptOutcome.AttachmentNotFound => "An attachment is missing",
        _ => throw new UnreachableException($"No reply for {refusal.GetType().Name}."),
    };

    private static SmtpReply NotAllowed(string text) => new(550, "5.7.1", text);

    private static SmtpReply Policy(string text) => new(550, "5.7.0", text);

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
