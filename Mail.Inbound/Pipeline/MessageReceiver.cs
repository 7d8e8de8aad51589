using System.Buffers;
using System.Text;
using Mail.Core.Domains;
using Mail.Core.Inbound;
using Mail.Protocol.Dkim;
using Mail.Protocol.Mime;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Inbound.Pipeline;

/// <summary>What happens to a message after its final dot: authenticate, add trace fields, store, and only then say 250.</summary>
internal sealed partial class MessageReceiver(
    DkimVerifier verifier, CaptureWriter captures, RecipientPolicy policy, IOptions<MailHostOptions> host, TimeProvider clock,
    ILogger<MessageReceiver> logger)
{
    private const int MaxHeaderOctets = 256 * 1024;
    private const int MaxSubjectLength = 998; // RFC 5322 §2.1.1: what one line can hold
    private static readonly SmtpReply NoOwner = new(550, "5.7.1", "No organization here takes this message");

    public async ValueTask<SmtpReply> ReceiveAsync(ReceivedMail mail)
    {
        try
        {
            var results = await verifier.VerifyAsync(mail.Body, CancellationToken.None);
            var captured = new CapturedMail(
                mail.ReversePath.Address, [.. mail.Recipients.Select(recipient => recipient.Address)], SubjectOf(mail.Body),
                new InboxAuthentication(Summarize(results)), WithTrace(mail));
            var stored = await captures.StoreAsync(
                new CaptureRequest(policy.MessageOf(mail.ReversePath), mail.ReversePath.Domain, captured));
            return Count(stored is { } id ? SmtpReplies.Queued(id.ToString()) : NoOwner);
        }
        catch (NpgsqlException error)
        {
            // RFC 5321 §4.5.5: not 250 unless it is stored; the sender keeps it and tries again.
            Log.NotStored(logger, error.Message);
            return Count(SmtpReplies.LocalError);
        }
    }

    private static SmtpReply Count(SmtpReply reply)
    {
        InboundTelemetry.Messages.Add(1, new KeyValuePair<string, object?>("smtp.code", reply.Code));
        return reply;
    }

    // Of several signatures the one that passes speaks for the message (RFC 6376 §6.1).
    private static DkimSummary? Summarize(IReadOnlyList<DkimResult> results)
    {
        var best = results.FirstOrDefault(result => result.Status == DkimStatus.Pass) ?? results.FirstOrDefault();
        return best is null
            ? new DkimSummary("none", null, null, null)
            : new DkimSummary(best.Status.ToString().ToLowerInvariant(), best.Domain, best.Selector, best.Reason);
    }

    private byte[] WithTrace(ReceivedMail mail)
    {
        var trace = TraceFields.Write(mail, host.Value.Name, clock.GetUtcNow());
        var octets = GC.AllocateUninitializedArray<byte>(checked(trace.Length + (int)mail.Body.Length));
        trace.CopyTo(octets, 0);
        mail.Body.CopyTo(octets.AsSpan(trace.Length));
        return octets;
    }

    // Only the header is read: what the body holds is for whoever opens the mail.
    private static string SubjectOf(ReadOnlySequence<byte> message)
    {
        var reader = new SequenceReader<byte>(message.Slice(0, Math.Min(message.Length, MaxHeaderOctets)));
        if (!reader.TryReadTo(out ReadOnlySequence<byte> header, "\r\n\r\n"u8))
            header = reader.Sequence;
        return Storable(MimeMessage.Parse(header).Subject ?? "");
    }

    // A text of the database has no NUL, and half of a surrogate pair is not even a text.
    private static string Storable(string text)
    {
        var kept = text.Length <= MaxSubjectLength ? text : text[..MaxSubjectLength];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept.Replace('\0', '\uFFFD')));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A message could not be stored and was answered 451: {Reason}")]
        public static partial void NotStored(ILogger logger, string reason);
    }
}
