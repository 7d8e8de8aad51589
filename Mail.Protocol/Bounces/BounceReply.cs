namespace Mail.Protocol.Bounces;

/// <summary>Where in the delivery the refusal came.</summary>
public enum BounceStage
{
    /// <summary>Finding the hosts: DNS, MTA-STS.</summary>
    Route,

    /// <summary>TCP connection.</summary>
    Connect,

    /// <summary>The greeting of the server.</summary>
    Greeting,

    /// <summary>EHLO or HELO.</summary>
    Ehlo,

    /// <summary>STARTTLS and the handshake.</summary>
    StartTls,

    /// <summary>AUTH.</summary>
    Auth,

    /// <summary>MAIL FROM.</summary>
    MailFrom,

    /// <summary>RCPT TO.</summary>
    RcptTo,

    /// <summary>DATA, before the content.</summary>
    Data,

    /// <summary>The reply to the content.</summary>
    EndOfData,

    /// <summary>A report that came later by mail (RFC 3464).</summary>
    Report,
}

/// <summary>What a server, or our own connection to it, said.</summary>
/// <param name="Stage">When.</param>
/// <param name="Code">The SMTP reply code; null when there was no reply. Taken from the text when that starts with one.</param>
/// <param name="EnhancedCode">The enhanced status code such as <c>5.1.1</c> (RFC 3463); null takes it from the text.</param>
/// <param name="Text">The reply, its lines with or without their codes; no more than the first 4,096 characters are looked at.</param>
public sealed record BounceReply(BounceStage Stage, int? Code, string? EnhancedCode, string Text);
