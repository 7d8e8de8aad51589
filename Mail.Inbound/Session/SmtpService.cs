using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session;

/// <summary>What a session is for.</summary>
internal enum SmtpServiceKind
{
    /// <summary>Mail from other servers, on port 25.</summary>
    Exchange,

    /// <summary>Mail of programs that log in, TLS by STARTTLS.</summary>
    Submission,

    /// <summary>The same, with TLS from the first octet (RFC 8314 §3.3).</summary>
    SubmissionTls,
}

/// <summary>What the sessions of one port start with and offer.</summary>
internal sealed class SmtpService
{
    private readonly SmtpReply _ehlo;
    private readonly SmtpReply _ehloInTls;

    public SmtpService(SmtpServiceKind kind, SmtpSessionFlags flags, string hostName, IReadOnlyList<string> extensions, string? trace)
    {
        Kind = kind;
        Flags = flags;
        IReadOnlyList<string> last = trace is null ? [] : [trace];
        _ehlo = SmtpReplies.Ehlo(hostName, [.. extensions, .. Offered(flags), .. last]);
        _ehloInTls = SmtpReplies.Ehlo(hostName, [.. extensions, .. Offered(flags | SmtpSessionFlags.TlsActive), .. last]);
    }

    public SmtpServiceKind Kind { get; }

    /// <summary>TLS comes before the greeting.</summary>
    public bool IsTlsFirst => Kind == SmtpServiceKind.SubmissionTls;

    /// <summary>What a session starts with.</summary>
    public SmtpSessionFlags Flags { get; }

    public SmtpReply Ehlo(SmtpSessionFlags flags) => flags.HasFlag(SmtpSessionFlags.TlsActive) ? _ehloInTls : _ehlo;

    private static IEnumerable<string> Offered(SmtpSessionFlags flags)
    {
        // RFC 3207 §4.2: not offered once TLS is active.
        if (flags.HasFlag(SmtpSessionFlags.TlsOffered) && !flags.HasFlag(SmtpSessionFlags.TlsActive))
            yield return "STARTTLS";
        // RFC 8689 §2: only under TLS. Kept on port 25 by passing nothing on, on submission by delivery.
        if (flags.HasFlag(SmtpSessionFlags.TlsActive))
            yield return "REQUIRETLS";
        // RFC 4954 §4: PLAIN only under TLS.
        if (flags.HasFlag(SmtpSessionFlags.AuthOffered) && flags.HasFlag(SmtpSessionFlags.TlsActive))
            yield return "AUTH PLAIN LOGIN";
    }
}
