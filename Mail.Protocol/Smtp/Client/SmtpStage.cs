namespace Mail.Protocol.Smtp;

/// <summary>Where in the conversation something happened; in the order of the conversation.</summary>
public enum SmtpStage
{
    /// <summary>TCP connection (and implicit TLS).</summary>
    Connect,

    /// <summary>Waiting for the 220.</summary>
    Greeting,

    /// <summary>EHLO or HELO.</summary>
    Ehlo,

    /// <summary>STARTTLS and the handshake.</summary>
    StartTls,

    /// <summary>AUTH.</summary>
    Auth,

    /// <summary>RSET between two messages.</summary>
    Reset,

    /// <summary>MAIL, and what is checked before it.</summary>
    MailFrom,

    /// <summary>RCPT.</summary>
    RcptTo,

    /// <summary>DATA or BDAT up to the last octet of the message.</summary>
    Data,

    /// <summary>The final dot (or BDAT LAST) has been handed to the network; its reply decides.</summary>
    EndOfData,

    /// <summary>QUIT.</summary>
    Quit,
}

/// <summary>Why a stage failed.</summary>
public enum SmtpCause
{
    /// <summary>The server said no; see the reply.</summary>
    Refused,

    /// <summary>The stage took longer than its timeout.</summary>
    Timeout,

    /// <summary>The TCP port is closed.</summary>
    ConnectionRefused,

    /// <summary>No route, no address, or another network error before the connection stood.</summary>
    Unreachable,

    /// <summary>The connection ended or broke.</summary>
    ConnectionLost,

    /// <summary>The peer sent what is not SMTP, or too much of it.</summary>
    ProtocolError,

    /// <summary>The peer sent octets behind its STARTTLS reply: an attempt to inject plain text into the TLS session.</summary>
    ResponseInjection,

    /// <summary>TLS is required but not offered or refused.</summary>
    TlsUnavailable,

    /// <summary>The handshake failed for other reasons than the certificate.</summary>
    TlsHandshake,

    /// <summary>The certificate did not pass the required verification.</summary>
    CertificateInvalid,

    /// <summary>No usable AUTH mechanism, or no TLS to send a password over.</summary>
    AuthUnavailable,

    /// <summary>The message needs an extension that the server does not offer; the detail names it.</summary>
    ExtensionMissing,

    /// <summary>The message is larger than the server's SIZE.</summary>
    SizeExceeded,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}

/// <summary>What went wrong, where, and what the server said.</summary>
/// <param name="Stage">The stage that failed.</param>
/// <param name="Cause">Why.</param>
/// <param name="Reply">The server's reply, when there is one.</param>
/// <param name="Detail">Words for a log; not for a stranger.</param>
public sealed record SmtpFailure(SmtpStage Stage, SmtpCause Cause, SmtpReply? Reply = null, string? Detail = null)
{
    /// <summary>What was wrong with the certificate, when that was the cause.</summary>
    public SmtpCertificateFault CertificateFault { get; init; }

    /// <summary>
    /// The connection ended between the final dot and its reply: the server may have accepted the message (RFC 1047).
    /// </summary>
    public bool IsAmbiguous => Stage == SmtpStage.EndOfData && Cause != SmtpCause.Refused;

    /// <summary>A repetition later may succeed: everything but a 5yz reply, a missing extension and a size over the limit.</summary>
    public bool IsTransient => Cause switch
    {
        SmtpCause.Refused => Reply is not { IsPermanent: true },
        SmtpCause.ExtensionMissing or SmtpCause.SizeExceeded => false,
        _ => true,
    };
}
