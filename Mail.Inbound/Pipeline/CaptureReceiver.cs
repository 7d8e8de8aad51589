using Mail.Core.Domains;
using Mail.Core.Inbound;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Pipeline;

/// <summary>Puts a message into the dev inbox.</summary>
internal sealed class CaptureReceiver(
    CaptureChecks checks, CaptureWriter captures, RecipientPolicy policy, IOptions<MailHostOptions> host, TimeProvider clock)
{
    private static readonly SmtpReply NoOwner = new(550, "5.7.1", "No organization here takes this message");

    public async Task<SmtpReply> TakeAsync(ReceivedMail mail)
    {
        var octets = OctetPieces.Join(TraceFields.Write(mail, host.Value.Name, clock.GetUtcNow()), mail.Body);
        var (message, domain) = (policy.MessageOf(mail.ReversePath), mail.ReversePath.Domain);
        var (hasOwner, blob) = await captures.StoreLargeAsync(message, domain, octets);
        if (!hasOwner)
            return NoOwner;
        var captured = new CapturedMail(
            mail.ReversePath.Address, [.. mail.Recipients.Select(recipient => recipient.Path.Address)], await checks.RunAsync(mail), octets, blob);
        var stored = await captures.StoreAsync(new CaptureRequest(message, domain, captured));
        return stored is { } id ? SmtpReplies.Queued(id.ToString()) : NoOwner;
    }
}
