using System.Diagnostics;
using Mail.Core.ApiKeys;
using Mail.Core.Assets;
using Mail.Core.Domains;
using Mail.Core.Ids;

namespace Mail.Core.Messages;

/// <summary>
/// The one way a message enters the system, whatever brought it: REST, batch, schedule, template or submission.
/// An outcome of <see cref="AcceptOutcome.Accepted"/> means that it is committed to disk.
/// </summary>
public sealed class AcceptMessages(SenderDomains domains, AttachmentBlobs blobs, AcceptWriter writer, TimeProvider clock)
{
    /// <exception cref="Npgsql.NpgsqlException">The database is away; the message may have been stored all the same.</exception>
    public async ValueTask<AcceptOutcome> AcceptAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var senderDomain = message.From.Address.AsciiDomain;
        var domain = await domains.FindVerifiedAsync(caller.Organization, senderDomain, cancellationToken);
        if (domain is null)
            return new AcceptOutcome.DomainNotVerified(senderDomain);
        if (caller.DomainRestriction is { } allowed && allowed != senderDomain)
            return new AcceptOutcome.DomainNotAllowed(senderDomain, allowed);

        // Before the commit: a message whose bytes are not stored must not be accepted.
        var attachments = await blobs.StoreAsync(caller.Organization, message.Attachments, cancellationToken);
        var pending = new PendingAccept(
            caller, PrefixedId.New<MessageId>(clock), domain.Value, message, attachments, Activity.Current?.Id);
        return await writer.WriteAsync(pending, cancellationToken);
    }
}
