using Mail.Core.Text;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;

namespace Mail.Core.Inbound;

/// <summary>Reads out of a mail what is kept beside its octets. Everything in it is a stranger's, and bounded.</summary>
internal static class InboundReading
{
    public const int MaxSubjectLength = 998; // RFC 5322 §2.1.1: what one line can hold
    private const int MaxAddresses = 1_000;
    private const int MaxFields = 500;
    private const int MaxFieldLength = 8_000;
    private const int MaxNameLength = 500;
    private const int MaxIds = 100;

    public static InboundContent Read(
        MimeMessage message, IReadOnlyList<InboundAttachment> attachments, InboundChecks checks, InboundFacts facts, int maxText)
    {
        var text = message.Text;
        var html = message.Html;
        return new InboundContent
        {
            From = Addresses(message.From),
            To = Addresses(message.To),
            Cc = Addresses(message.Cc),
            ReplyTo = Addresses(message.ReplyTo),
            Headers = [.. message.Headers.Take(MaxFields).Select(field =>
                new InboundField(StorableText.Of(field.Name, MaxNameLength), StorableText.Of(field.Decoded, MaxFieldLength)))],
            Text = Cut(text, maxText),
            Html = Cut(html, maxText),
            ReplyText = text is null ? null : StorableText.Of(QuotedReply.Strip(text), maxText),
            IsTruncated = text?.Length > maxText || html?.Length > maxText || message.Defects.Contains(MimeDefect.TextTruncated),
            MessageId = Cut(message.MessageId, MaxNameLength),
            InReplyTo = Ids(message.InReplyTo),
            References = Ids(message.References),
            Date = message.Date,
            Attachments = attachments,
            Authentication = checks,
            Facts = facts,
        };
    }

    public static InboundFacts Facts(MimeMessage message, InboundEnvelope envelope) => new(
        envelope.ClientAddress.ToString(), StorableText.Of(envelope.HelloName, MaxNameLength), envelope.ProtocolName,
        message.Headers.FindAll("Received").Count(), IsAutomatic(message), message.Headers.Find("List-Id") is not null,
        [.. message.Defects.Select(defect => defect.ToString()).Distinct().Order(StringComparer.Ordinal)]);

    public static string SubjectOf(MimeMessage message) => StorableText.Of(message.Subject ?? "", MaxSubjectLength);

    // RFC 3834 §5
    private static bool IsAutomatic(MimeMessage message) =>
        message.Headers.Find("Auto-Submitted")?.Unfolded.Trim() is { } word && !word.StartsWith("no", StringComparison.OrdinalIgnoreCase);

    private static IReadOnlyList<InboundAddress> Addresses(AddressList list) => [.. list.Mailboxes.Take(MaxAddresses).Select(mailbox =>
        new InboundAddress(StorableText.Of(mailbox.Address.Address, MaxNameLength), Cut(mailbox.DisplayName, MaxNameLength)))];

    private static IReadOnlyList<string> Ids(IReadOnlyList<string> ids) => [.. ids.Take(MaxIds).Select(id => StorableText.Of(id, MaxNameLength))];

    private static string? Cut(string? text, int length) => text is null ? null : StorableText.Of(text, length);
}
