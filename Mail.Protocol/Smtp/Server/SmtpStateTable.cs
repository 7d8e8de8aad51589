namespace Mail.Protocol.Smtp;

/// <summary>Where a session is.</summary>
public enum SmtpSessionState
{
    /// <summary>After the greeting, and again after STARTTLS.</summary>
    Start,

    /// <summary>After HELO or EHLO; no transaction.</summary>
    Ready,

    /// <summary>After MAIL.</summary>
    Mail,

    /// <summary>After the first accepted RCPT.</summary>
    Recipients,

    /// <summary>After a BDAT that was not the last.</summary>
    Chunks,

    /// <summary>After QUIT.</summary>
    Closed,
}

/// <summary>What else decides whether a verb is allowed.</summary>
[Flags]
public enum SmtpSessionFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>STARTTLS is offered.</summary>
    TlsOffered = 1,

    /// <summary>The session is encrypted.</summary>
    TlsActive = 2,

    /// <summary>Nothing but hello, STARTTLS, NOOP, RSET, HELP and QUIT without TLS (RFC 3207 §4).</summary>
    TlsRequired = 4,

    /// <summary>AUTH is offered once TLS is active.</summary>
    AuthOffered = 8,

    /// <summary>The client is authenticated.</summary>
    Authenticated = 16,

    /// <summary>No MAIL without authentication (RFC 6409 §4.3).</summary>
    AuthRequired = 32,

    /// <summary>BDAT is offered.</summary>
    ChunkingOffered = 64,

    /// <summary>AUTH is allowed without TLS.</summary>
    PlainTextAuth = 128,
}

/// <summary>Whether a verb may run, and the state after it succeeded. After a failure the state stays.</summary>
/// <param name="Refusal">The reply to give instead; null when the verb may run.</param>
/// <param name="Next">The state after success.</param>
public readonly record struct SmtpTransition(SmtpReply? Refusal, SmtpSessionState Next)
{
    /// <summary>The verb may run.</summary>
    public bool IsAllowed => Refusal is null;
}

/// <summary>State × verb → allowed or the refusal, and the next state: RFC 5321 §4.1.4. Pure.</summary>
public static class SmtpStateTable
{
    /// <summary>Looks a verb up; unknown verbs keep the state and get 500.</summary>
    public static SmtpTransition Lookup(SmtpSessionState state, SmtpVerb verb, SmtpSessionFlags flags) =>
        Refuse(state, verb, flags) is { } refusal ? new SmtpTransition(refusal, state) : new SmtpTransition(null, Next(state, verb));

    // First what holds in every state, then the order of a transaction.
    private static SmtpReply? Refuse(SmtpSessionState state, SmtpVerb verb, SmtpSessionFlags flags) => (state, verb) switch
    {
        (SmtpSessionState.Closed, _) => SmtpReplies.BadSequence,
        (_, SmtpVerb.Unknown) => SmtpReplies.UnknownCommand,
        // RFC 5321 §4.1.4: these are for any time, also before EHLO.
        (_, SmtpVerb.Helo or SmtpVerb.Ehlo or SmtpVerb.Noop or SmtpVerb.Rset or SmtpVerb.Help or SmtpVerb.Quit) => null,
        (_, SmtpVerb.StartTls) => RefuseStartTls(state, flags),
        (_, _) when Lacks(flags, SmtpSessionFlags.TlsRequired, SmtpSessionFlags.TlsActive) => SmtpReplies.TlsRequired,
        (_, SmtpVerb.Vrfy) => null, // RFC 5321 §4.1.4: also without EHLO
        (_, SmtpVerb.Expn) => SmtpReplies.NotImplemented, // RFC 5321 §7.3: a policy; lists are nobody's business
        (_, SmtpVerb.Bdat) when !flags.HasFlag(SmtpSessionFlags.ChunkingOffered) => SmtpReplies.NotImplemented,
        (SmtpSessionState.Start, _) => SmtpReplies.HelloFirst,
        (_, SmtpVerb.Auth) => RefuseAuth(state, flags),
        (_, SmtpVerb.Mail) when Lacks(flags, SmtpSessionFlags.AuthRequired, SmtpSessionFlags.Authenticated) =>
            SmtpReplies.AuthenticationRequired,
        (SmtpSessionState.Ready, SmtpVerb.Mail) => null,
        (_, SmtpVerb.Mail) => SmtpReplies.NestedMail, // RFC 5321 §4.1.4
        (SmtpSessionState.Ready, _) => SmtpReplies.MailFirst,
        (SmtpSessionState.Chunks, SmtpVerb.Bdat) => null,
        (SmtpSessionState.Chunks, _) => SmtpReplies.ChunkingStarted, // RFC 3030 §2
        (_, SmtpVerb.Rcpt) => null,
        (SmtpSessionState.Recipients, _) => null,
        _ => SmtpReplies.NoValidRecipients, // RFC 5321 §4.1.1.4: DATA without RCPT
    };

    private static SmtpSessionState Next(SmtpSessionState state, SmtpVerb verb) => verb switch
    {
        SmtpVerb.Helo or SmtpVerb.Ehlo => SmtpSessionState.Ready, // RFC 5321 §4.1.4: as RSET
        SmtpVerb.StartTls => SmtpSessionState.Start, // RFC 3207 §4.2
        SmtpVerb.Rset => state == SmtpSessionState.Start ? state : SmtpSessionState.Ready,
        SmtpVerb.Mail => SmtpSessionState.Mail,
        SmtpVerb.Rcpt => SmtpSessionState.Recipients,
        SmtpVerb.Data => SmtpSessionState.Ready, // once the final dot has come, whatever the reply
        SmtpVerb.Bdat => SmtpSessionState.Chunks, // BDAT LAST: the session says Ready
        SmtpVerb.Quit => SmtpSessionState.Closed,
        _ => state,
    };

    private static SmtpReply? RefuseStartTls(SmtpSessionState state, SmtpSessionFlags flags)
    {
        if (flags.HasFlag(SmtpSessionFlags.TlsActive))
            return SmtpReplies.TlsActive;
        if (!flags.HasFlag(SmtpSessionFlags.TlsOffered))
            return SmtpReplies.NotImplemented;
        return state switch
        {
            SmtpSessionState.Start => SmtpReplies.HelloFirst,
            SmtpSessionState.Ready => null,
            _ => SmtpReplies.BadSequence, // RFC 3207 §4: not within a transaction
        };
    }

    private static SmtpReply? RefuseAuth(SmtpSessionState state, SmtpSessionFlags flags)
    {
        if (!flags.HasFlag(SmtpSessionFlags.AuthOffered))
            return SmtpReplies.NotImplemented;
        if (flags.HasFlag(SmtpSessionFlags.Authenticated))
            return SmtpReplies.AlreadyAuthenticated;
        if ((flags & (SmtpSessionFlags.TlsActive | SmtpSessionFlags.PlainTextAuth)) == 0)
            return SmtpReplies.EncryptionRequired;
        return state == SmtpSessionState.Ready ? null : SmtpReplies.BadSequence; // RFC 4954 §4: not within a transaction
    }

    private static bool Lacks(SmtpSessionFlags flags, SmtpSessionFlags demand, SmtpSessionFlags granted) =>
        flags.HasFlag(demand) && !flags.HasFlag(granted);
}
