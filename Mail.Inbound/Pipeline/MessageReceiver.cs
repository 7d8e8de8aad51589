using System.Buffers;
using System.Globalization;
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
    private static readonly SmtpReply NoOwner = new(550, "5.7.1", "No organization here takes this message");

    public async ValueTask<SmtpReply> ReceiveAsync(ReceivedMail mail)
    {
        try
        {
            var results = await verifier.VerifyAsync(mail.Body, CancellationToken.None);
            var parsed = MimeMessage.Parse(mail.Body);
            var captured = new CapturedMail(
                mail.ReversePath.Address, [.. mail.Recipients.Select(recipient => recipient.Address)], Bounded(parsed.Subject),
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

    /// <summary>The octets with Return-Path and Received in front (RFC 5321 §4.4).</summary>
    private byte[] WithTrace(ReceivedMail mail)
    {
        var trace = string.Create(CultureInfo.InvariantCulture,
            $"""
            Return-Path: {mail.ReversePath}
            Received: from {mail.HelloName} ([{mail.ClientAddress}])
             by {host.Value.Name} with {mail.ProtocolName}; {clock.GetUtcNow():ddd, dd MMM yyyy HH:mm:ss} +0000

            """).ReplaceLineEndings("\r\n");
        var length = Encoding.UTF8.GetByteCount(trace);
        var octets = new byte[length + mail.Body.Length];
        Encoding.UTF8.GetBytes(trace, octets);
        mail.Body.CopyTo(octets.AsSpan(length));
        return octets;
    }

    private static string Bounded(string? subject) => subject is null ? "" : subject.Length <= 998 ? subject : subject[..998];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A message could not be stored and was answered 451: {Reason}")]
        public static partial void NotStored(ILogger logger, string reason);
    }
}
