using Azure;
using Mail.Core.Domains;
using Mail.Core.Inbound;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Pipeline;

/// <summary>Hands mail for inbound domains to their organizations.</summary>
internal sealed partial class InboundReceiver(
    ReceiveInbound receive, IOptions<MailHostOptions> host, TimeProvider clock, ILogger<InboundReceiver> logger)
{
    private static readonly SmtpReply HeaderTooLarge = new(552, "5.3.4", "Message header exceeds fixed limit");

    public async Task<SmtpReply> TakeAsync(ReceivedMail mail)
    {
        var envelope = new InboundEnvelope(
            mail.ReversePath.Address,
            [.. mail.Recipients.Select(recipient => (Destination.Inbound)recipient.Destination).Zip(mail.Recipients,
                (owner, recipient) => new InboundRecipient(owner.Organization, owner.Domain, recipient.Path.Address))],
            mail.ClientAddress, mail.HelloName, mail.ProtocolName);
        try
        {
            return await receive.RunAsync(envelope, TraceFields.Write(mail, host.Value.Name, clock.GetUtcNow()), mail.Body, CancellationToken.None) switch
            {
                ReceiveOutcome.Stored(var id) => SmtpReplies.Queued(id.ToString()),
                ReceiveOutcome.HeaderTooLarge => HeaderTooLarge,
                var other => throw new InvalidOperationException($"No outcome: {other}."),
            };
        }
        catch (Exception error) when (error is RequestFailedException or IOException)
        {
            Log.BlobsAway(logger, error.Message);
            return SmtpReplies.LocalError;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Blob storage did not take a message, which was answered 451: {Reason}")]
        public static partial void BlobsAway(ILogger logger, string reason);
    }
}
