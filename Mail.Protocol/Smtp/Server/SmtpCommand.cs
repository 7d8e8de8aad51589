namespace Mail.Protocol.Smtp;

/// <summary>The verbs a server knows.</summary>
public enum SmtpVerb
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>RFC 5321 §4.1.1.1.</summary>
    Helo,

    /// <summary>RFC 5321 §4.1.1.1.</summary>
    Ehlo,

    /// <summary>RFC 3207.</summary>
    StartTls,

    /// <summary>RFC 4954.</summary>
    Auth,

    /// <summary>RFC 5321 §4.1.1.2.</summary>
    Mail,

    /// <summary>RFC 5321 §4.1.1.3.</summary>
    Rcpt,

    /// <summary>RFC 5321 §4.1.1.4.</summary>
    Data,

    /// <summary>RFC 3030.</summary>
    Bdat,

    /// <summary>RFC 5321 §4.1.1.5.</summary>
    Rset,

    /// <summary>RFC 5321 §4.1.1.9.</summary>
    Noop,

    /// <summary>RFC 5321 §4.1.1.6.</summary>
    Vrfy,

    /// <summary>RFC 5321 §4.1.1.7.</summary>
    Expn,

    /// <summary>RFC 5321 §4.1.1.8.</summary>
    Help,

    /// <summary>RFC 5321 §4.1.1.10.</summary>
    Quit,
}

/// <summary>BODY of MAIL: RFC 6152 §2, RFC 3030 §3.</summary>
public enum SmtpBody
{
    /// <summary>7BIT, and when nothing is said.</summary>
    SevenBit,

    /// <summary>8BITMIME.</summary>
    EightBitMime,

    /// <summary>BINARYMIME; only with BDAT.</summary>
    BinaryMime,
}

/// <summary>A command line, parsed.</summary>
public abstract record SmtpCommand
{
    private SmtpCommand(SmtpVerb verb) => Verb = verb;

    /// <summary>The verb, for the state table.</summary>
    public SmtpVerb Verb { get; }

    /// <summary>HELO.</summary>
    /// <param name="ClientName">As given; any printable text without spaces.</param>
    public sealed record Helo(string ClientName) : SmtpCommand(SmtpVerb.Helo);

    /// <summary>EHLO.</summary>
    /// <param name="ClientName">As given; any printable text without spaces.</param>
    public sealed record Ehlo(string ClientName) : SmtpCommand(SmtpVerb.Ehlo);

    /// <summary>STARTTLS.</summary>
    public sealed record StartTls() : SmtpCommand(SmtpVerb.StartTls);

    /// <summary>AUTH.</summary>
    /// <param name="Mechanism">In upper case.</param>
    /// <param name="InitialResponse">Base64 as given, empty for <c>=</c>, null when there is none. A secret.</param>
    public sealed record Auth(string Mechanism, string? InitialResponse) : SmtpCommand(SmtpVerb.Auth)
    {
        /// <summary>Without the response.</summary>
        public override string ToString() => $"AUTH {Mechanism}";
    }

    /// <summary>MAIL.</summary>
    /// <param name="ReversePath">May be the null path.</param>
    public sealed record Mail(SmtpPath ReversePath) : SmtpCommand(SmtpVerb.Mail)
    {
        /// <summary>SIZE in octets (RFC 1870); null when not given.</summary>
        public long? Size { get; init; }

        /// <summary>BODY.</summary>
        public SmtpBody Body { get; init; }

        /// <summary>SMTPUTF8 was given.</summary>
        public bool Utf8 { get; init; }

        /// <summary>RET.</summary>
        public DsnReturn? Return { get; init; }

        /// <summary>ENVID, decoded.</summary>
        public string? EnvelopeId { get; init; }

        /// <summary>The AUTH parameter, decoded: an address or <c>&lt;&gt;</c> (RFC 4954 §5). Not to be trusted by itself.</summary>
        public string? Submitter { get; init; }

        /// <summary>REQUIRETLS (RFC 8689).</summary>
        public bool RequireTls { get; init; }

        /// <summary>The other parameters, as far as the caller allowed them.</summary>
        public IReadOnlyList<SmtpParameter> Parameters { get; init; } = [];
    }

    /// <summary>RCPT.</summary>
    /// <param name="ForwardPath">Never the null path; may be <see cref="SmtpPath.Postmaster"/>.</param>
    public sealed record Rcpt(SmtpPath ForwardPath) : SmtpCommand(SmtpVerb.Rcpt)
    {
        /// <summary>NOTIFY.</summary>
        public DsnNotify Notify { get; init; }

        /// <summary>ORCPT as <c>type;address</c>, decoded.</summary>
        public string? OriginalRecipient { get; init; }
    }

    /// <summary>DATA.</summary>
    public sealed record Data() : SmtpCommand(SmtpVerb.Data);

    /// <summary>BDAT.</summary>
    /// <param name="Octets">Size of the chunk that follows.</param>
    /// <param name="IsLast">LAST was given.</param>
    public sealed record Bdat(long Octets, bool IsLast) : SmtpCommand(SmtpVerb.Bdat);

    /// <summary>RSET.</summary>
    public sealed record Rset() : SmtpCommand(SmtpVerb.Rset);

    /// <summary>NOOP.</summary>
    public sealed record Noop() : SmtpCommand(SmtpVerb.Noop);

    /// <summary>VRFY.</summary>
    /// <param name="Text">User name or mailbox, unparsed.</param>
    public sealed record Vrfy(string Text) : SmtpCommand(SmtpVerb.Vrfy);

    /// <summary>EXPN.</summary>
    /// <param name="Text">List name, unparsed.</param>
    public sealed record Expn(string Text) : SmtpCommand(SmtpVerb.Expn);

    /// <summary>HELP.</summary>
    public sealed record Help() : SmtpCommand(SmtpVerb.Help);

    /// <summary>QUIT.</summary>
    public sealed record Quit() : SmtpCommand(SmtpVerb.Quit);

    /// <summary>A line that is no command, or whose arguments are wrong.</summary>
    public sealed record Invalid : SmtpCommand
    {
        internal Invalid(SmtpVerb verb, SmtpReply reply) : base(verb) => Reply = reply;

        /// <summary>The reply to give.</summary>
        public SmtpReply Reply { get; }
    }
}
