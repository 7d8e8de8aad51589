namespace Mail.Protocol.Smtp;

/// <summary>How long the client waits at each stage. The defaults are the minima of RFC 5321 §4.5.3.2.</summary>
public sealed record SmtpTimeouts
{
    /// <summary>The timeouts of RFC 5321.</summary>
    public static SmtpTimeouts Default { get; } = new();

    /// <summary>TCP connection; not in the RFC, 30 seconds as most MTAs do.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The 220 greeting: RFC 5321 §4.5.3.2.1.</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>EHLO, HELO, AUTH and RSET: RFC 5321 has no figure, that of MAIL is used.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The STARTTLS reply and the handshake, each.</summary>
    public TimeSpan Tls { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>MAIL: RFC 5321 §4.5.3.2.2.</summary>
    public TimeSpan Mail { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>RCPT: RFC 5321 §4.5.3.2.3.</summary>
    public TimeSpan Rcpt { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The 354: RFC 5321 §4.5.3.2.4.</summary>
    public TimeSpan DataInitiation { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Each write of the message: RFC 5321 §4.5.3.2.5.</summary>
    public TimeSpan DataBlock { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The reply to the final dot: RFC 5321 §4.5.3.2.6.</summary>
    public TimeSpan DataTermination { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The reply to QUIT, which nobody needs.</summary>
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(5);
}
