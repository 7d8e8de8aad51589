using System.Diagnostics;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session.Handlers;

/// <summary>MAIL: RFC 5321 §4.1.1.2.</summary>
internal static class MailHandler
{
    public static SmtpReply Handle(SmtpCommand.Mail command, SmtpSession session)
    {
        // RFC 1870 §6.1: a declared size over the limit is refused before the message is sent.
        if (command.Size > session.Server.Options.MaxMessageBytes)
            return SmtpReplies.MessageTooBig;
        if (command.Body == SmtpBody.BinaryMime)
            return SmtpReplies.UnknownParameter; // RFC 3030 §3: BINARYMIME is not offered
        // RFC 5321 §4.1.1.11: nor is DSN (RFC 3461), which would promise mail to the sender. Neither service ever writes any.
        if (command.Return is not null || command.EnvelopeId is not null)
            return SmtpReplies.UnknownParameter;
        // RFC 8689 §2: offered, and so taken, under TLS only.
        if (command.RequireTls && !session.Flags.HasFlag(SmtpSessionFlags.TlsActive))
            return SmtpReplies.UnknownParameter;
        if (command.ReversePath.RequiresSmtpUtf8 && !command.Utf8)
            return SmtpReplies.Utf8NotRequested;
        session.Transaction = new MailTransaction(command, StartActivity(command, session));
        return SmtpReplies.SenderOk;
    }

    private static Activity? StartActivity(SmtpCommand.Mail command, SmtpSession session)
    {
        var parent = command.Parameters.FirstOrDefault(parameter => parameter.Keyword == SmtpServer.TraceParameter)?.Value;
        ActivityContext.TryParse(parent, traceState: null, isRemote: true, out var context);
        // A new trace does not belong to the span that happened to be current when the connection was accepted.
        Activity.Current = null;
        var activity = InboundTelemetry.Source.StartActivity("inbound session", ActivityKind.Server, context);
        activity?.SetTag("network.peer.address", session.ClientAddress?.ToString());
        activity?.SetTag("smtp.hello", session.HelloName);
        activity?.SetTag("smtp.require_tls", command.RequireTls);
        activity?.SetTag("smtp.tls", session.Flags.HasFlag(SmtpSessionFlags.TlsActive));
        return activity;
    }
}
