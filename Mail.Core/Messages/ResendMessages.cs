using Mail.Core.ApiKeys;
using Mail.Core.Assets;
using Mail.Core.Organizations;
using Mail.Protocol.Addresses;

namespace Mail.Core.Messages;

/// <summary>Sends a message again, as a new one: the old one stays as it ended.</summary>
public sealed class ResendMessages(MessageStore messages, AttachmentBlobs blobs, AcceptMessages accept)
{
    /// <summary>The entry of the new message's metadata that names the old one.</summary>
    public const string OriginalKey = "resendOf";

    /// <param name="to">Who gets it; null for the recipients that it did not reach.</param>
    public async Task<ResendOutcome> ResendAsync(
        Caller caller, MessageId id, IReadOnlyList<Mailbox>? to, Idempotency? idempotency, CancellationToken cancellationToken)
    {
        if (await messages.FindAsync(caller.Organization, id, withContent: true, cancellationToken) is not { } original)
            return new ResendOutcome.NotFound();
        if (original.IsSensitive)
            return new ResendOutcome.IsSecret();
        var recipients = to is null ? NotReached(original) : [.. to.Select(mailbox => new OutgoingRecipient(RecipientKind.To, mailbox))];
        if (recipients.Count == 0)
            return new ResendOutcome.NothingFailed();
        var attachments = await AttachmentsAsync(caller.Organization, original, cancellationToken);
        return new ResendOutcome.Sent(await accept.AcceptAsync(caller, Copy(original, recipients, attachments, idempotency), cancellationToken));
    }

    private static OutgoingMessage Copy(
        MessageDetails original, List<OutgoingRecipient> recipients, IReadOnlyList<OutgoingAttachment> attachments, Idempotency? idempotency) => new()
    {
        From = Read(original.From),
        Recipients = recipients,
        ReplyTo = [.. original.ReplyTo.Select(Read)],
        Subject = original.Subject,
        Html = original.Content!.Html,
        Text = original.Content.Text,
        Headers = original.Content.Headers,
        Tags = original.Tags,
        Metadata = new Dictionary<string, string>(original.Metadata) { [OriginalKey] = original.Id.ToString() },
        Attachments = attachments,
        Tls = original.Tls,
        Idempotency = idempotency,
    };

    private static List<OutgoingRecipient> NotReached(MessageDetails original) =>
    [
        .. original.Recipients
            .Where(recipient => recipient.Status is MessageStatus.Failed or MessageStatus.Bounced or MessageStatus.Canceled)
            .Select(recipient => new OutgoingRecipient(recipient.Kind, Read(recipient.Mailbox))),
    ];

    private async Task<IReadOnlyList<OutgoingAttachment>> AttachmentsAsync(
        OrganizationId organization, MessageDetails original, CancellationToken cancellationToken)
    {
        var attachments = new List<OutgoingAttachment>(original.Attachments.Count);
        foreach (var stored in original.Attachments)
        {
            await using var content = await blobs.OpenAsync(organization, stored, cancellationToken);
            var bytes = new byte[stored.Size];
            await content.ReadExactlyAsync(bytes, cancellationToken);
            attachments.Add(new OutgoingAttachment(stored.FileName, stored.ContentType, stored.ContentId, bytes));
        }
        return attachments;
    }

    private static Mailbox Read(StoredMailbox stored) => new(stored.Name, EmailAddress.Parse(stored.Address));
}

/// <summary>What became of sending a message again.</summary>
public abstract record ResendOutcome
{
    private ResendOutcome()
    {
    }

    /// <param name="Outcome">Of the new message.</param>
    public sealed record Sent(AcceptOutcome Outcome) : ResendOutcome;

    public sealed record NotFound : ResendOutcome;

    /// <summary>Nobody was named, and there is no recipient that the message did not reach.</summary>
    public sealed record NothingFailed : ResendOutcome;

    /// <summary>The content holds a secret that was meant for once.</summary>
    public sealed record IsSecret : ResendOutcome;
}
