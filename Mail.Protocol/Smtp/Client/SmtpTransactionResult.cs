namespace Mail.Protocol.Smtp;

/// <summary>How the transaction ended for one recipient.</summary>
public enum SmtpRecipientOutcome
{
    /// <summary>The server took responsibility for the message.</summary>
    Accepted,

    /// <summary>The server refused; the reply says whether for good.</summary>
    Refused,

    /// <summary>The transaction failed before the server could have accepted the message.</summary>
    Failed,

    /// <summary>The connection ended between the final dot and its reply: accepted or not, nobody knows (RFC 1047).</summary>
    Ambiguous,
}

/// <summary>The outcome for one recipient and the reply or failure that decided it.</summary>
/// <param name="Recipient">The recipient of the envelope.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Stage">The stage that decided.</param>
/// <param name="Reply">The reply that decided; null when there was none.</param>
/// <param name="Cause">Null when accepted.</param>
public sealed record SmtpRecipientResult(
    SmtpRecipient Recipient, SmtpRecipientOutcome Outcome, SmtpStage Stage, SmtpReply? Reply, SmtpCause? Cause);

/// <summary>What became of one message on one connection.</summary>
/// <param name="Recipients">One result per recipient of the envelope, in its order.</param>
/// <param name="Failure">What stopped the transaction as a whole; null when the message was accepted for at least one recipient,
/// or refused for each recipient by its own RCPT reply.</param>
/// <param name="IsConnectionUsable">Another message can be sent on the connection.</param>
public sealed record SmtpTransactionResult(
    IReadOnlyList<SmtpRecipientResult> Recipients, SmtpFailure? Failure, bool IsConnectionUsable)
{
    /// <summary>The reply to the end of the data, when one came.</summary>
    public SmtpReply? FinalReply { get; init; }

    /// <summary>The message was accepted for at least one recipient.</summary>
    public bool IsAccepted => Recipients.Any(recipient => recipient.Outcome == SmtpRecipientOutcome.Accepted);

    /// <summary>The server may have accepted the message although it did not say so.</summary>
    public bool IsAmbiguous => Failure is { IsAmbiguous: true };
}
