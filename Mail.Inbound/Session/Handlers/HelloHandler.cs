using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session.Handlers;

/// <summary>HELO and EHLO: RFC 5321 §4.1.1.1. Both also end a transaction (§4.1.4).</summary>
internal static class HelloHandler
{
    public static SmtpReply Handle(SmtpCommand.Helo command, SmtpSession session)
    {
        Greet(session, command.ClientName, isExtended: false);
        return session.Server.Helo;
    }

    public static SmtpReply Handle(SmtpCommand.Ehlo command, SmtpSession session)
    {
        Greet(session, command.ClientName, isExtended: true);
        return session.Service.Ehlo(session.Flags);
    }

    private static void Greet(SmtpSession session, string name, bool isExtended)
    {
        session.Reset();
        session.HelloName = name;
        session.IsExtended = isExtended;
    }
}
