using System.Buffers;
using Azure;
using Mail.Core.ApiKeys;
using Mail.Core.Messages;
using Mail.Inbound.Session;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Inbound.Submission;

/// <summary>What happens to a submitted mail after its final dot: read, checked and committed as any other message; only then 250.</summary>
internal sealed partial class SubmissionReceiver(
    AcceptMessages messages, IOptions<SubmissionOptions> options, ILogger<SubmissionReceiver> logger)
{
    public async ValueTask<SmtpReply> ReceiveAsync(Caller caller, MailTransaction transaction, ReadOnlySequence<byte> mail)
    {
        var (message, problem) = SubmittedMail.Read(mail, transaction.Submitted, options.Value, transaction.RequiresTls);
        var reply = message is null ? SubmissionReplies.Invalid(problem!) : await AcceptAsync(caller, message);
        InboundTelemetry.Messages.Add(1, new KeyValuePair<string, object?>("smtp.code", reply.Code));
        return reply;
    }

    private async ValueTask<SmtpReply> AcceptAsync(Caller caller, OutgoingMessage message)
    {
        try
        {
            return SubmissionReplies.Of(await messages.AcceptAsync(caller, message, CancellationToken.None));
        }
        catch (Exception error) when (error is NpgsqlException or RequestFailedException)
        {
            // RFC 5321 §4.5.5: not 250 unless it is stored; the client keeps it and tries again.
            Log.SubmissionNotStored(logger, error.Message);
            return SmtpReplies.LocalError;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A submitted message could not be stored and was answered 451: {Reason}")]
        public static partial void SubmissionNotStored(ILogger logger, string reason);
    }
}
