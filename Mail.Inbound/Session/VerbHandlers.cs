using Mail.Inbound.Session.Handlers;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session;

/// <summary>Sends each command to the handler of its verb.</summary>
internal sealed class VerbHandlers(RcptHandler rcpt, DataHandler data, AuthHandler auth, SubmissionHandler submission)
{
    /// <summary>The reply, or null when the client is gone.</summary>
    public async ValueTask<SmtpReply?> HandleAsync(SmtpCommand command, SmtpSession session) => command switch
    {
        SmtpCommand.Helo helo => HelloHandler.Handle(helo, session),
        SmtpCommand.Ehlo ehlo => HelloHandler.Handle(ehlo, session),
        SmtpCommand.StartTls => StartTlsHandler.Handle(session),
        SmtpCommand.Auth login => await auth.HandleAsync(login, session),
        SmtpCommand.Mail mail => await MailAsync(mail, session),
        SmtpCommand.Rcpt recipient when session.Login is { } login => await submission.HandleAsync(recipient, login, session),
        SmtpCommand.Rcpt recipient => await rcpt.HandleAsync(recipient, session),
        SmtpCommand.Data => await data.HandleAsync(session),
        SmtpCommand.Bdat chunk => await data.HandleAsync(chunk, session),
        SmtpCommand.Rset => Reset(session),
        SmtpCommand.Noop => SmtpReplies.Ok,
        SmtpCommand.Vrfy => SmtpReplies.CannotVerify,
        SmtpCommand.Help => SmtpReplies.Help,
        SmtpCommand.Quit => SmtpReplies.Bye,
        SmtpCommand.Invalid invalid => invalid.Reply,
        // The state table refuses it.
        SmtpCommand.Expn => SmtpReplies.NotImplemented,
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    private async ValueTask<SmtpReply> MailAsync(SmtpCommand.Mail command, SmtpSession session) =>
        session.Login is { } login && await submission.RefusalAsync(login) is { } refusal ? refusal : MailHandler.Handle(command, session);

    private static SmtpReply Reset(SmtpSession session)
    {
        session.Reset();
        return SmtpReplies.Ok;
    }
}
