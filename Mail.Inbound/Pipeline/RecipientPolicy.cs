using Mail.Core.Bounces;
using Mail.Core.Domains;
using Mail.Core.Inbound;
using Mail.Core.Messages;
using Mail.Inbound.Sandbox;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Inbound.Pipeline;

/// <summary>
/// Who we take mail for. Never a relay: return paths that we signed, the address for complaints, the postmaster of our
/// own hosts, the sandbox for our own mail, and verified inbound domains. In Development the rest ends in the dev inbox; elsewhere only mail of test keys does, which comes from our
/// own workers under a return path that only they can write.
/// </summary>
internal sealed class RecipientPolicy(
    IHostEnvironment environment, ReturnPath returnPaths, ReturnPathHostStore hosts, InboxOwnerStore owners,
    InboundDomainCheckStore inboundDomains, SandboxPolicy sandbox, IOptions<MailHostOptions> host)
{
    // RFC 5321 §3.6.2 and RFC 3463 §3.8.
    private static readonly SmtpReply NoRelay = new(550, "5.7.1", "Relaying denied");
    // RFC 5321 §3.3 and RFC 3463 §3.2.
    private static readonly SmtpReply UnknownMailbox = new(550, "5.1.1", "No such mailbox here");
    // RFC 5321 §4.5.3.1.10: not now, but in a transaction of its own. So one answer after the dot is true for all.
    private static readonly SmtpReply OtherTransaction = new(452, "4.5.3", "Send this recipient in a transaction of its own");

    /// <param name="first">Where the recipient before this one goes, when there is one.</param>
    public async ValueTask<Admission> AdmitAsync(SmtpPath reversePath, SmtpPath recipient, Destination? first)
    {
        try
        {
            var admission = await AdmitAsync(reversePath, recipient, first is Destination.Capture, CancellationToken.None);
            return first is null || admission.Destination is not { } destination || destination.GetType() == first.GetType()
                ? admission
                : OtherTransaction;
        }
        catch (NpgsqlException)
        {
            return SmtpReplies.LocalError;
        }
    }

    /// <summary>The message a return path of ours stands for, or null.</summary>
    // Sending domains have return paths of their own: what proves that one is ours is the signature.
    public MessageId? MessageOf(SmtpPath reversePath) => returnPaths.Read(reversePath.LocalPart)?.Message;

    private async ValueTask<Admission> AdmitAsync(
        SmtpPath reversePath, SmtpPath recipient, bool isCapturing, CancellationToken cancellationToken)
    {
        if (sandbox.IsFor(recipient))
            return await sandbox.AdmitAsync(reversePath, recipient, cancellationToken);
        if (returnPaths.Read(recipient.LocalPart) is { } target && await hosts.IsOursAsync(recipient.Domain, cancellationToken))
            return new Destination.Bounce(target);
        var own = OwnMailbox(recipient);
        if (own?.Destination is { } taken && !(taken is Destination.Operator && environment.IsDevelopment()))
            return taken;
        // For mail of test keys the return path alone decides, and that was looked at for the first recipient.
        if ((isCapturing && !environment.IsDevelopment()) || await IsTestAsync(reversePath, cancellationToken))
            return Destination.Capture.Instance;
        if (own is null && await inboundDomains.FindOwnerAsync(recipient.Domain, cancellationToken) is var (organization, domain))
            return new Destination.Inbound(organization, domain);
        if (environment.IsDevelopment())
            return Destination.Capture.Instance;
        return own ?? (await IsReturnPathHostAsync(recipient, cancellationToken) ? UnknownMailbox : NoRelay);
    }

    // The mailboxes of our own hosts; null for other hosts.
    private Admission? OwnMailbox(SmtpPath recipient)
    {
        if (ReferenceEquals(recipient, SmtpPath.Postmaster) || recipient.Domain.Length == 0)
            return Destination.Operator.Instance; // RFC 5321 §4.5.1
        var isBounceHost = Is(recipient.Domain, host.Value.BounceDomain);
        if (!isBounceHost && !Is(recipient.Domain, host.Value.Name))
            return null;
        // RFC 2142 §4 and §2; RFC 5321 §4.5.1: in any case.
        if (Is(recipient.LocalPart, "postmaster") || Is(recipient.LocalPart, "abuse"))
            return Destination.Operator.Instance;
        return isBounceHost && Is(recipient.LocalPart, host.Value.FeedbackMailbox) ? Destination.Feedback.Instance : UnknownMailbox;
    }

    private async ValueTask<bool> IsTestAsync(SmtpPath reversePath, CancellationToken cancellationToken) =>
        MessageOf(reversePath) is { } message && await owners.IsTestMessageAsync(message, cancellationToken);

    // A token there that is none: somebody made it up, or it is over.
    private async ValueTask<bool> IsReturnPathHostAsync(SmtpPath recipient, CancellationToken cancellationToken) =>
        recipient.LocalPart.StartsWith("b+", StringComparison.OrdinalIgnoreCase) && await hosts.IsOursAsync(recipient.Domain, cancellationToken);

    private static bool Is(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
