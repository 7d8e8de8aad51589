using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Inbound;

/// <summary>Puts captured mail into the dev inbox of the organization it belongs to.</summary>
public sealed class DevInbox(DevInboxStore store, DevInboxSignal signal, InboxOwnerStore owners, TimeProvider clock)
{
    /// <summary>The organization that a mail belongs to, or null.</summary>
    public async Task<OrganizationId?> FindOwnerAsync(MessageId? message, string senderDomain, CancellationToken cancellationToken) =>
        message is { } id && (await owners.OfMessagesAsync([id], cancellationToken)).TryGetValue(id, out var owner)
            ? owner
            : await OwnerOfDomainAsync(senderDomain, cancellationToken);

    /// <summary>
    /// The id of each mail, or null where no organization owns it: not one of our messages, not from a domain of
    /// ours, and no demo organization to fall back to. Returns only after the commit.
    /// </summary>
    public async Task<IReadOnlyList<InboxMessageId?>> StoreAsync(
        IReadOnlyList<(MessageId? Message, string SenderDomain, CapturedMail Mail)> mails, CancellationToken cancellationToken)
    {
        var known = await owners.OfMessagesAsync([.. mails.Select(mail => mail.Message).OfType<MessageId>()], cancellationToken);
        var ids = new List<InboxMessageId?>(mails.Count);
        var owned = new List<InboxRow>(mails.Count);
        foreach (var (message, senderDomain, mail) in mails)
        {
            var organization = message is { } id && known.TryGetValue(id, out var owner)
                ? owner
                : await OwnerOfDomainAsync(senderDomain, cancellationToken);
            ids.Add(organization is null ? null : PrefixedId.New<InboxMessageId>(clock));
            if (organization is { } found)
                owned.AddRange(RowsOf(found, ids[^1]!.Value, message, mail));
        }
        await store.StoreAsync(owned, cancellationToken);
        foreach (var row in owned)
            signal.Notify(row.Organization);
        return ids;
    }

    private async ValueTask<OrganizationId?> OwnerOfDomainAsync(string senderDomain, CancellationToken cancellationToken) =>
        await owners.OfDomainAsync(senderDomain.ToLowerInvariant(), cancellationToken)
            ?? await owners.OfDomainAsync(DemoSeed.Domain, cancellationToken);

    // One row per envelope recipient; the first carries the id that the sender is told.
    private IEnumerable<InboxRow> RowsOf(OrganizationId organization, InboxMessageId first, MessageId? message, CapturedMail mail) =>
        mail.Recipients.Select((recipient, i) =>
            new InboxRow(organization, i == 0 ? first : PrefixedId.New<InboxMessageId>(clock), message, recipient, mail));
}

internal sealed record InboxRow(OrganizationId Organization, InboxMessageId Id, MessageId? Message, string Recipient, CapturedMail Mail);
