using Mail.Core.Templates.Engine;

namespace Mail.Core.Messages;

/// <summary>What became of one message handed to <see cref="AcceptMessages"/>.</summary>
public abstract record AcceptOutcome
{
    private AcceptOutcome()
    {
    }

    /// <summary>Committed to disk.</summary>
    public sealed record Accepted(MessageId Id, MessageStatus Status) : AcceptOutcome;

    /// <summary>The same key and body were accepted before; this is that message.</summary>
    public sealed record Replayed(MessageId Id, MessageStatus Status) : AcceptOutcome;

    /// <summary>Nothing was stored.</summary>
    public abstract record Refusal : AcceptOutcome
    {
        private protected Refusal()
        {
        }
    }

    /// <summary>The key was used with another body.</summary>
    public sealed record IdempotencyConflict(string Key) : Refusal;

    /// <summary>The sender's domain is unknown to the organization, or known and not verified.</summary>
    public sealed record DomainNotVerified(string Domain) : Refusal;

    /// <summary>The key may send from another domain only.</summary>
    public sealed record DomainNotAllowed(string Domain, string Allowed) : Refusal;

    /// <summary>The free messages of the month are used up, and there is no payment method.</summary>
    public sealed record PaymentRequired(long FreePerMonth) : Refusal;

    /// <summary>The message would cost more than the organization's cap of the month.</summary>
    public sealed record SpendCapReached(long CapCents) : Refusal;

    /// <summary>More than a sending limit allows.</summary>
    /// <param name="RetryAfter">When there is room again.</param>
    public sealed record QuotaExceeded(SendingQuota Quota, long Limit, TimeSpan RetryAfter) : Refusal;

    /// <summary>The reputation of the organization, or of the sender's domain, stopped its sending until it is reviewed.</summary>
    /// <param name="Domain">Null when all of the organization's sending is stopped.</param>
    public sealed record SendingPaused(string? Domain) : Refusal;

    /// <summary>There is no template of this id or slug that could be sent.</summary>
    public sealed record TemplateNotFound(string Template) : Refusal;

    /// <summary>The template asks for variables that were not given and have no default.</summary>
    /// <param name="Field">The field of the request that lacks them.</param>
    public sealed record MissingVariables(string Field, IReadOnlyList<MissingVariable> Variables) : Refusal;

    /// <summary>The variables are no bounded data.</summary>
    public sealed record InvalidVariables(string Field, string Problem) : Refusal;

    /// <summary>A template that cannot be rendered.</summary>
    /// <param name="Part"><c>html</c>, <c>text</c> or <c>subject</c>.</param>
    public sealed record TemplateError(string Part, int Line, int Column, string Message) : Refusal;

    /// <summary>Recipients are suppressed, and the caller wanted all or nothing.</summary>
    public sealed record RecipientSuppressed(IReadOnlyList<string> Addresses) : Refusal;

    /// <summary>The attachments at these positions name no asset and no finished upload of the organization.</summary>
    public sealed record AttachmentNotFound(IReadOnlyList<int> Positions) : Refusal;

    /// <summary>The attachments are together larger than a message may have.</summary>
    public sealed record AttachmentsTooLarge(long MaxBytes) : Refusal;

    /// <summary>More messages are waiting to be committed than this process holds.</summary>
    public sealed record Overloaded : Refusal;
}

/// <summary>The limits of an organization's sending.</summary>
public enum SendingQuota
{
    PerSecond,
    Hourly,
    Daily,
    WarmUp,
}
