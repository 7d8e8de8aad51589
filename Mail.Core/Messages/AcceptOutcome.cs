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

    /// <summary>The key was used with another body.</summary>
    public sealed record IdempotencyConflict(string Key) : AcceptOutcome;

    /// <summary>The sender's domain is unknown to the organization, or known and not verified.</summary>
    public sealed record DomainNotVerified(string Domain) : AcceptOutcome;

    /// <summary>The key may send from another domain only.</summary>
    public sealed record DomainNotAllowed(string Domain, string Allowed) : AcceptOutcome;

    /// <summary>More messages are waiting to be committed than this process holds; nothing was stored.</summary>
    public sealed record Overloaded : AcceptOutcome;
}
