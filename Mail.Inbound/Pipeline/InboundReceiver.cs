using Mail.Core.Domains;
using Mail.Core.Inbound;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Pipeline;

/// <summary>Hands mail for inbound domains to their organizations.</summary>
internal sealed class InboundReceiver(ReceiveInbound receive, IOptions<MailHostOptions> host, TimeProvider clock)
{
    private static readonly SmtpReply HeaderTooLarge = new(552, "5.3.4", "Message header exceeds fixed limit");

    public async Task<SmtpReply> TakeAsync(ReceivedMail mail)
    {
        var envelope = new InboundEnvelope(
            mail.ReversePath.Address,
            [.. mail.Recipients.Select(recipient => (Destination.Inbound)recipient.Destination).Zip(mail.Recipients,
                (owner, recipient) => new InboundRecipient(owner.Organization, owner.Domain, recipient.Path.Address))],
            mail.ClientAddress, mail.HelloName, mail.ProtocolName);
        return await receive.RunAsync(envelope, TraceFields.Write(mail, host.Value.Name, clock.GetUtcNow()), mail.Body, CancellationToken.None) switch
        {
            ReceiveOutcome.Stored(var id) => SmtpReplies.Queued(id.ToString()),
            ReceiveOutcome.HeaderTooLarge => HeaderTooLarge,
            var other => throw new InvalidOperationException($"No outcome: {other}."),
        };
    }
}
