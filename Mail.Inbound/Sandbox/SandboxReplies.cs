using Mail.Protocol.Smtp;

namespace Mail.Inbound.Sandbox;

/// <summary>What the sandbox says. Codes and words go together as at other people's servers, so that they are understood alike.</summary>
internal static class SandboxReplies
{
    private const int ServiceClosing = 421;

    /// <summary>RFC 5321 §4.2.2, and what RFC 3463 has for it.</summary>
    public static SmtpReply Bounce(int code) => code switch
    {
        550 => new(550, "5.1.1", "No such user here, says the sandbox"),
        551 => new(551, "5.1.6", "User not local, says the sandbox"),
        552 => new(552, "5.2.2", "Mailbox full, says the sandbox"),
        553 => new(553, "5.1.3", "Mailbox name not allowed, says the sandbox"),
        554 => new(554, "5.7.1", "Message refused by policy, says the sandbox"),
        // RFC 7504 §4 and RFC 7505 §4.1
        521 => new(521, "5.3.2", "Host does not accept mail, says the sandbox"),
        556 => new(556, "5.1.10", "Domain does not accept mail, says the sandbox"),
        _ => new(code, "5.0.0", "Refused for good, says the sandbox"),
    };

    public static SmtpReply Defer(int code, int attempt, int times)
    {
        var text = $"Try again later, says the sandbox: attempt {attempt} of {times} that fail";
        return code switch
        {
            450 => new(450, "4.2.0", text),
            451 => new(451, "4.3.0", text),
            452 => new(452, "4.3.1", text),
            // RFC 5321 §3.8: it goes with the end of the connection.
            ServiceClosing => new SmtpReply(ServiceClosing, "4.3.2", text).AndClose(),
            _ => new(code, "4.0.0", text),
        };
    }

    public static SmtpReply Taken(string what) => new(250, "2.0.0", $"OK taken by the sandbox{what}");
}
