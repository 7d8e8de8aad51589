using Mail.Core.Domains;
using Mail.Core.Inbound;
using Mail.Protocol.Dkim;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Pipeline;

/// <summary>Puts a message into the dev inbox.</summary>
internal sealed class CaptureReceiver(
    DkimVerifier verifier, CaptureWriter captures, RecipientPolicy policy, IOptions<MailHostOptions> host, TimeProvider clock)
{
    private static readonly SmtpReply NoOwner = new(550, "5.7.1", "No organization here takes this message");

    public async Task<SmtpReply> TakeAsync(ReceivedMail mail)
    {
        var results = await verifier.VerifyAsync(mail.Body, CancellationToken.None);
        var captured = new CapturedMail(
            mail.ReversePath.Address, [.. mail.Recipients.Select(recipient => recipient.Path.Address)], MessageHead.SubjectOf(mail.Body),
            new InboxAuthentication(Summarize(results)), TraceFields.PutBefore(mail, host.Value.Name, clock.GetUtcNow()));
        var stored = await captures.StoreAsync(
            new CaptureRequest(policy.MessageOf(mail.ReversePath), mail.ReversePath.Domain, captured));
        return stored is { } id ? SmtpReplies.Queued(id.ToString()) : NoOwner;
    }

    // Of several signatures the one that passes speaks for the message (RFC 6376 §6.1).
    private static DkimSummary? Summarize(IReadOnlyList<DkimResult> results)
    {
        var best = results.FirstOrDefault(result => result.Status == DkimStatus.Pass) ?? results.FirstOrDefault();
        return best is null
            ? new DkimSummary("none", null, null, null)
            : new DkimSummary(best.Status.ToString().ToLowerInvariant(), best.Domain, best.Selector, best.Reason);
    }
}
