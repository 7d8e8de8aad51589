namespace Mail.Protocol.Smtp;

/// <summary>Every number of the SMTP protocol, with its source. Sizes are octets on the wire.</summary>
public static class SmtpLimits
{
    /// <summary>RFC 5321 §4.5.3.1.2.</summary>
    public const int MaxDomainOctets = 255;

    /// <summary>
    /// A path with its angle brackets: RFC 5321 §4.5.3.1.3. The local part has no limit of its own: the 64 octets of §4.5.3.1.1 are
    /// what must be possible, and VERP and SRS addresses are longer.
    /// </summary>
    public const int MaxPathOctets = 256;

    /// <summary>A command line with CRLF: RFC 5321 §4.5.3.1.4.</summary>
    public const int CommandLineOctets = 512;

    /// <summary>
    /// MAIL and RCPT lines with the parameters of the offered extensions: 512 and the sums of RFC 1870 §3 (26),
    /// RFC 6152 §2 (17), RFC 6531 §3.1 (10 and more for UTF-8), RFC 3461 §4.3–4.4 (500 each), RFC 4954 §3 (500), rounded up.
    /// </summary>
    public const int MaxCommandLineOctets = 2048;

    /// <summary>A line of an AUTH exchange: RFC 4954 §4 (12,288 octets of base64).</summary>
    public const int MaxAuthLineOctets = 12288;

    /// <summary>A line that is too long is skipped up to here; a peer that sends more loses its connection.</summary>
    public const int MaxSkippedLineOctets = 64 * 1024;

    /// <summary>Parameters in one MAIL or RCPT command: more than all registered ones together make sense of.</summary>
    public const int MaxParameters = 16;

    /// <summary>RFC 3461 §4.4: ENVID has at most 100 characters.</summary>
    public const int MaxEnvelopeIdOctets = 100;

    /// <summary>RFC 3461 §4.2: ORCPT has at most 500 characters.</summary>
    public const int MaxOriginalRecipientOctets = 500;

    /// <summary>Commands written before their replies are read, so that neither side blocks on full windows (RFC 2920 §3.1).</summary>
    public const int PipelineWindow = 100;
}
