using Mail.Api.Features.Messages;
using Mail.Core.Inbound;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;

namespace Mail.Api.Features.DevInbox;

/// <summary>A page of captured mail, newest first.</summary>
public sealed record InboxPage(IReadOnlyList<InboxMessageSummary> Data, string? NextCursor, bool HasMore)
{
    internal static InboxPage Of(IReadOnlyList<(InboxMessage Message, byte[] Head)> found, int limit)
    {
        var rows = found.Take(limit).Select(row => InboxMessageSummary.Of(row.Message, row.Head)).ToList();
        return new InboxPage(rows, found.Count > limit ? rows[^1].Id : null, found.Count > limit);
    }
}

/// <param name="From">The author, from the mail's header.</param>
/// <param name="To">The recipients, from the mail's header.</param>
/// <param name="Recipient">The envelope recipient this copy went to.</param>
/// <param name="MessageId">The message it was sent as, when it is one of the organization's.</param>
/// <param name="Size">In octets, as it was received.</param>
public sealed record InboxMessageSummary(
    string Id, AddressResponse? From, IReadOnlyList<AddressResponse> To, string Recipient, string Subject,
    InboxAuthentication Authentication, DateTimeOffset ReceivedAt, string? MessageId, int Size)
{
    internal static InboxMessageSummary Of(InboxMessage message, byte[] head)
    {
        var mail = MimeMessage.Parse(head);
        return new InboxMessageSummary(
            message.Id.ToString(), InboxAddresses.Of(mail.From).FirstOrDefault(), InboxAddresses.Of(mail.To), message.RcptTo, message.Subject,
            message.Authentication, message.ReceivedAt, message.Message?.ToString(), message.Size);
    }
}

/// <param name="Envelope">What the SMTP session said.</param>
public sealed record InboxMessageResponse(
    string Id, AddressResponse? From, IReadOnlyList<AddressResponse> To, IReadOnlyList<AddressResponse> Cc, string Subject,
    InboxEnvelope Envelope, IReadOnlyList<InboxHeader> Headers, string? Text, string? Html, IReadOnlyList<InboxAttachment> Attachments,
    InboxAuthentication Authentication, DateTimeOffset ReceivedAt, string? MessageId, int Size)
{
    internal static InboxMessageResponse Of(InboxMessage message, byte[] raw)
    {
        var mail = MimeMessage.Parse(raw);
        var numbers = InboxPart.Number(mail).ToDictionary(part => part.Entity, part => part.Number);
        return new InboxMessageResponse(
            message.Id.ToString(), InboxAddresses.Of(mail.From).FirstOrDefault(), InboxAddresses.Of(mail.To), InboxAddresses.Of(mail.Cc),
            message.Subject, new InboxEnvelope(message.MailFrom, message.RcptTo),
            [.. mail.Headers.Select(field => new InboxHeader(field.Name, field.Decoded))], mail.Text, mail.Html,
            [.. mail.Attachments.Select(attachment => InboxAttachment.Of(attachment, attachment.Part is { } part ? numbers.GetValueOrDefault(part) : null))],
            message.Authentication, message.ReceivedAt, message.Message?.ToString(), message.Size);
    }
}

/// <param name="MailFrom">The return path; empty for a bounce.</param>
public sealed record InboxEnvelope(string MailFrom, string RcptTo);

public sealed record InboxHeader(string Name, string Value);

/// <param name="Part">The part to read it by; null for a file that is written into a text.</param>
public sealed record InboxAttachment(string? Filename, string ContentType, string? ContentId, bool Inline, long Size, string? Part)
{
    internal static InboxAttachment Of(MimeAttachment attachment, string? part) => new(
        attachment.FileName, attachment.ContentType.MediaType, attachment.ContentId, attachment.IsInline, attachment.ReadContent().Length, part);
}

internal static class InboxAddresses
{
    public static IReadOnlyList<AddressResponse> Of(AddressList list) =>
        [.. list.Mailboxes.Select(mailbox => new AddressResponse(mailbox.Address.Address, mailbox.DisplayName))];
}
