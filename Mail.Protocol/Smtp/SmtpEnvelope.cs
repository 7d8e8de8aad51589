namespace Mail.Protocol.Smtp;

/// <summary>What the DSN of a failed message returns: RFC 3461 §4.3.</summary>
public enum DsnReturn
{
    /// <summary>The whole message.</summary>
    Full,

    /// <summary>The header only.</summary>
    Headers,
}

/// <summary>When a sender wants a DSN for a recipient: RFC 3461 §4.1.</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>Not said; the server's default applies.</summary>
    Unspecified = 0,

    /// <summary>Never; excludes the others.</summary>
    Never = 1,

    /// <summary>On delivery.</summary>
    Success = 2,

    /// <summary>On failure.</summary>
    Failure = 4,

    /// <summary>On unusual delay.</summary>
    Delay = 8,
}

/// <summary>A parameter of MAIL or RCPT that this library has no property for.</summary>
/// <param name="Keyword">Letters, digits and hyphens.</param>
/// <param name="Value">Printable ASCII without space and <c>=</c>; null when there is none.</param>
public sealed record SmtpParameter(string Keyword, string? Value)
{
    internal bool IsWellFormed => Keyword.Length > 0 && Keyword[0] != '-'
        && Keyword.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
        && (Value is null || (Value.Length > 0 && Value.All(c => c is > ' ' and <= '~' and not '=')));
}

/// <summary>One recipient of an envelope.</summary>
/// <param name="Path">The forward-path; never the null path.</param>
public sealed record SmtpRecipient(SmtpPath Path)
{
    /// <summary>Sent when the server offers DSN.</summary>
    public DsnNotify Notify { get; init; }

    /// <summary>The address originally given (<c>user@example.org</c>, unencoded), sent as ORCPT when the server offers DSN.</summary>
    public string? OriginalRecipient { get; init; }
}

/// <summary>Return path, recipients and what the message needs of the server (RFC 5321 §2.3.1).</summary>
public sealed record SmtpEnvelope
{
    /// <summary>The reverse-path, <see cref="SmtpPath.Null"/> for notifications.</summary>
    public required SmtpPath ReturnPath { get; init; }

    /// <summary>One or more recipients.</summary>
    public required IReadOnlyList<SmtpRecipient> Recipients { get; init; }

    /// <summary>The content has octets above 127 in its body: needs 8BITMIME (RFC 6152).</summary>
    public bool EightBit { get; init; }

    /// <summary>The header has UTF-8, or a path has: needs SMTPUTF8 (RFC 6531). Paths are looked at anyway.</summary>
    public bool Utf8 { get; init; }

    /// <summary>Size of the message in octets for the SIZE parameter, when the content does not tell it itself.</summary>
    public long? Size { get; init; }

    /// <summary>RET, sent when the server offers DSN.</summary>
    public DsnReturn? Return { get; init; }

    /// <summary>ENVID (unencoded), sent when the server offers DSN.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The message must travel by TLS all the way (RFC 8689); refused locally when the server does not offer REQUIRETLS.</summary>
    public bool RequireTls { get; init; }

    /// <summary>Further MAIL parameters. Each is sent only when the server's EHLO reply lists its keyword.</summary>
    public IReadOnlyList<SmtpParameter> MailParameters { get; init; } = [];

    /// <summary>The common case: one sender, one or more recipients.</summary>
    /// <exception cref="FormatException">An address is malformed.</exception>
    public static SmtpEnvelope Create(string returnPath, params IEnumerable<string> recipients) => new()
    {
        ReturnPath = returnPath.Length == 0 ? SmtpPath.Null : SmtpPath.Parse(returnPath),
        Recipients = [.. recipients.Select(address => new SmtpRecipient(SmtpPath.Parse(address)))],
    };

    /// <summary>The envelope cannot be sent without SMTPUTF8.</summary>
    public bool NeedsUtf8 => Utf8 || ReturnPath.RequiresSmtpUtf8 || Recipients.Any(recipient => recipient.Path.RequiresSmtpUtf8);
}
