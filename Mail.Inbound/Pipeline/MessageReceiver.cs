using Azure;
using Mail.Inbound.Sandbox;
using Mail.Protocol.Smtp;
using Npgsql;

namespace Mail.Inbound.Pipeline;

/// <summary>What happens to a message after its final dot, by where it goes. Only what is committed is answered 250.</summary>
internal sealed partial class MessageReceiver(
    CaptureReceiver captures, ReportReceiver reports, InboundReceiver inbound, SandboxReceiver sandbox, ILogger<MessageReceiver> logger)
{
    // RFC 5321 §6.3: at least 100; each server that it passed has put its name on it.
    private const int MaxHops = 100;
    private static readonly SmtpReply Loop = new(554, "5.4.6", "Too many hops: the message goes in circles");

    public async ValueTask<SmtpReply> ReceiveAsync(ReceivedMail mail)
    {
        try
        {
            return Count(MessageHead.HopsOf(mail.Body) > MaxHops ? Loop : await TakeAsync(mail));
        }
        // The database or blob storage is away, or too slow.
        catch (Exception error) when (error is NpgsqlException or TimeoutException or RequestFailedException or IOException)
        {
            // RFC 5321 §4.5.5: not 250 unless it is stored; the sender keeps it and tries again.
            Log.NotStored(logger, error.Message);
            return Count(error is PostgresException { SqlState: PostgresErrorCodes.DiskFull } ? SmtpReplies.InsufficientStorage : SmtpReplies.LocalError);
        }
    }

    // RCPT lets only one kind into a transaction.
    private Task<SmtpReply> TakeAsync(ReceivedMail mail) => mail.Recipients[0].Destination switch
    {
        Destination.Capture => captures.TakeAsync(mail),
        Destination.Bounce => reports.TakeBouncesAsync(mail),
        Destination.Inbound => inbound.TakeAsync(mail),
        Destination.Feedback => reports.TakeFeedbackAsync(mail),
        Destination.Sandbox => sandbox.TakeAsync(mail),
        Destination.Operator => reports.TakeForOperatorAsync(mail),
        _ => throw new ArgumentOutOfRangeException(nameof(mail)),
    };

    private static SmtpReply Count(SmtpReply reply)
    {
        InboundTelemetry.Messages.Add(1, new KeyValuePair<string, object?>("smtp.code", reply.Code));
        return reply;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A message could not be stored and was put off: {Reason}")]
        public static partial void NotStored(ILogger logger, string reason);
    }
}
