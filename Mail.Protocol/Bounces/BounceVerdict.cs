namespace Mail.Protocol.Bounces;

/// <summary>Why a message was not delivered.</summary>
public enum BounceClass
{
    /// <summary>No rule knows.</summary>
    Undetermined,

    /// <summary>The mailbox does not exist.</summary>
    RecipientUnknown,

    /// <summary>The mailbox exists or existed, but takes no mail: disabled, suspended, moved.</summary>
    RecipientInactive,

    /// <summary>The domain does not exist or takes no mail (null MX).</summary>
    DomainUnknown,

    /// <summary>The mailbox or its quota is full.</summary>
    MailboxFull,

    /// <summary>The message is larger than the server or the mailbox takes.</summary>
    MessageTooLarge,

    /// <summary>The content was held to be spam, phishing or malware.</summary>
    SpamContent,

    /// <summary>Our address, network or domain has a bad name: blocklists, reputation.</summary>
    Reputation,

    /// <summary>SPF, DKIM, DMARC, reverse DNS or the like did not satisfy.</summary>
    Authentication,

    /// <summary>Another rule of the receiver: restricted lists, forbidden attachments, access rules.</summary>
    Policy,

    /// <summary>The envelope sender was refused.</summary>
    SenderRejected,

    /// <summary>The server does not hold itself responsible for the recipient's domain.</summary>
    RelayDenied,

    /// <summary>Put off on first sight; a retry will do.</summary>
    Greylisted,

    /// <summary>Too many messages, recipients or connections at once.</summary>
    RateLimited,

    /// <summary>No connection, or one that broke.</summary>
    Network,

    /// <summary>The TLS handshake failed, or TLS is required and missing.</summary>
    Tls,

    /// <summary>Names could not be resolved.</summary>
    Dns,

    /// <summary>The server has trouble of its own.</summary>
    ServerTrouble,

    /// <summary>A command or the message was held to be malformed or unsupported.</summary>
    Protocol,

    /// <summary>The message goes in circles.</summary>
    Loop,

    /// <summary>A later hop gave up after trying for long.</summary>
    Expired,

    /// <summary>Not a bounce: an absence note, a challenge or another automatic answer.</summary>
    AutoReply,
}

/// <summary>What follows for the recipient's address.</summary>
public enum BounceEffect
{
    /// <summary>Nothing: it was no bounce.</summary>
    None,

    /// <summary>The address is bad; do not send to it again.</summary>
    Hard,

    /// <summary>The address has a problem that may pass; several in a row count.</summary>
    Soft,

    /// <summary>It says nothing about the address: the fault lies with us, the way, the message or the server.</summary>
    Infrastructure,
}

/// <summary>The classification of a reply.</summary>
/// <param name="Class">Why.</param>
/// <param name="Effect">What follows for the address.</param>
/// <param name="IsPermanent">The reply was a 5xx or 5.x.x, or said so.</param>
/// <param name="Rule">The id of the rule that decided.</param>
/// <param name="Provider">Whose wording the rule knows; empty for a general rule.</param>
public sealed record BounceVerdict(BounceClass Class, BounceEffect Effect, bool IsPermanent, string Rule, string Provider);
