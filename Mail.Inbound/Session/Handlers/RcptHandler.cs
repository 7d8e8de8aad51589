using Mail.Inbound.Pipeline;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session.Handlers;

/// <summary>RCPT: RFC 5321 §4.1.1.3. Who is responsible is <see cref="RecipientPolicy"/>'s word.</summary>
internal sealed class RcptHandler(RecipientPolicy policy)
{
    public async ValueTask<SmtpReply> HandleAsync(SmtpCommand.Rcpt command, SmtpSession session)
    {
        var transaction = session.Transaction!;
        if (transaction.Recipients.Count >= session.Server.Options.MaxRecipients)
            return SmtpReplies.TooManyRecipients;
        if (command.ForwardPath.RequiresSmtpUtf8 && !transaction.IsUtf8)
            return SmtpReplies.Utf8NotRequested;
        // RFC 3461 §4: NOTIFY and ORCPT are for servers that offer DSN.
        if (command.Notify != DsnNotify.Unspecified || command.OriginalRecipient is not null)
            return SmtpReplies.UnknownParameter;
        var first = transaction.Recipients.Count > 0 ? transaction.Recipients[0].Destination : null;
        var admission = await policy.AdmitAsync(transaction.ReversePath, command.ForwardPath, first);
        transaction.IsPlayed |= admission.IsAsked;
        if (admission.Destination is not { } destination)
            return admission.Refusal!;
        transaction.Recipients.Add(new AdmittedRecipient(command.ForwardPath, destination));
        return SmtpReplies.RecipientOk;
    }
}
