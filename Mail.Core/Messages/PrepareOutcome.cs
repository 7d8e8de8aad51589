using Mail.Core.Domains;

namespace Mail.Core.Messages;

/// <summary>What would become of a message, told by <see cref="AcceptMessages.PrepareAsync"/> without storing anything.</summary>
public abstract record PrepareOutcome
{
    private PrepareOutcome()
    {
    }

    /// <param name="Message">As it would be sent: rendered.</param>
    /// <param name="Suppressed">The recipients that would get nothing.</param>
    public sealed record Prepared(OutgoingMessage Message, DomainId Domain, IReadOnlyList<OutgoingRecipient> Suppressed) : PrepareOutcome;

    public sealed record Refused(AcceptOutcome.Refusal Reason) : PrepareOutcome;
}
