using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session.Handlers;

/// <summary>STARTTLS: RFC 3207. The session upgrades once this reply is out.</summary>
internal static class StartTlsHandler
{
    // What came behind STARTTLS in clear text would run inside the protected session: an injection.
    private static readonly SmtpReply Injected = new SmtpReply(501, "5.5.1", "Nothing may follow STARTTLS before the handshake").AndClose();

    public static SmtpReply Handle(SmtpSession session) => session.HasBuffered ? Injected : SmtpReplies.ReadyToStartTls;
}
