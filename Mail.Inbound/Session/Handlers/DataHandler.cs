using System.Diagnostics;
using Mail.Inbound.Bodies;
using Mail.Inbound.Pipeline;
using Mail.Inbound.Submission;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session.Handlers;

/// <summary>DATA (RFC 5321 §4.1.1.4) and BDAT (RFC 3030 §2): take the message and hand it to the pipeline.</summary>
internal sealed partial class DataHandler(
    MessageReceiver receiver, SubmissionReceiver submissions, BodyStorage bodies, ILogger<DataHandler> logger)
{
    /// <summary>Null when the client is gone.</summary>
    public async ValueTask<SmtpReply?> HandleAsync(SmtpSession session)
    {
        var read = await session.ReadDataAsync();
        if (read.Status is SmtpDataStatus.Disconnected)
            return null;
        var reply = read.Status is SmtpDataStatus.Interrupted ? SmtpReplies.IdleTimeout : RefusalOf(read, session) ?? await ReceiveAsync(session);
        session.Reset();
        return reply;
    }

    /// <summary>Null when the client is gone.</summary>
    public async ValueTask<SmtpReply?> HandleAsync(SmtpCommand.Bdat command, SmtpSession session)
    {
        var transaction = session.Transaction!;
        var read = await session.ReadChunkAsync(command.Octets, command.IsLast);
        if (read.Status is SmtpDataStatus.Disconnected)
            return null;
        if (read.Status is SmtpDataStatus.Interrupted)
            return SmtpReplies.IdleTimeout;
        // A refused chunk refuses the message; the rest of it is read and thrown away, so that no octet becomes a command.
        transaction.Refusal ??= RefusalOf(read, session);
        if (!command.IsLast)
            return transaction.Refusal ?? SmtpReplies.ChunkReceived(command.Octets);
        var reply = transaction.Refusal ?? await ReceiveAsync(session);
        session.Reset();
        return reply;
    }

    private SmtpReply? RefusalOf(SmtpDataResult read, SmtpSession session)
    {
        if (session.Body.Failure is { } failure)
            Log.NoRoom(logger, failure.Message);
        return read.Refusal;
    }

    private async ValueTask<SmtpReply> ReceiveAsync(SmtpSession session)
    {
        if (!session.Body.IsLarge)
            return await HandOnAsync(session);
        using var turn = await bodies.TakeTurnAsync();
        return turn is null ? SmtpReplies.LocalError : await HandOnAsync(session);
    }

    private async ValueTask<SmtpReply> HandOnAsync(SmtpSession session)
    {
        var transaction = session.Transaction!;
        // What is done for the message belongs to its trace.
        Activity.Current = transaction.Activity;
        var reply = session.Login is { } login
            ? await submissions.ReceiveAsync(login.Caller, transaction, session.Body.Octets)
            : await receiver.ReceiveAsync(new ReceivedMail(
                transaction.ReversePath, transaction.Recipients, session.Body.Octets, session.ClientAddress, session.HelloName,
                ProtocolOf(session, transaction)));
        transaction.Activity?.SetTag("smtp.code", reply.Code);
        return reply;
    }

    // How the Received field names the protocol: RFC 3848, RFC 6531 §4.3.
    private static string ProtocolOf(SmtpSession session, MailTransaction transaction) =>
        !session.IsExtended ? "SMTP"
        : (transaction.IsUtf8 ? "UTF8SMTP" : "ESMTP") + (session.Flags.HasFlag(SmtpSessionFlags.TlsActive) ? "S" : "");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A large message could not be kept and was answered 452: {Reason}")]
        public static partial void NoRoom(ILogger logger, string reason);
    }
}
