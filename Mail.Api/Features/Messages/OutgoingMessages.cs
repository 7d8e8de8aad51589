using Mail.Core.Assets;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Templates;
using Mail.Core.Tls;
using Mail.Protocol.Addresses;

namespace Mail.Api.Features.Messages;

/// <summary>Turns a valid request into what <see cref="AcceptMessages"/> takes.</summary>
internal static class OutgoingMessages
{
    public static OutgoingMessage From(MessageRequest request, Idempotency? idempotency) => new()
    {
        From = SenderOf(request),
        Recipients = RecipientsOf(request),
        ReplyTo = request.ReplyTo?.Read(request.SeparatedAddresses).Mailboxes ?? [],
        Subject = request.Subject ?? "",
        Html = string.IsNullOrEmpty(request.Html) ? null : request.Html,
        Text = string.IsNullOrEmpty(request.Text) ? null : request.Text,
        Headers = request.Headers!,
        Tags = request.Tags?.Values,
        Metadata = request.Metadata!,
        Attachments = AttachmentsOf(request),
        Tracking = request.Tracking is { } tracking ? new Tracking(tracking.Opens is true, tracking.Clicks is true) : null,
        Unsubscribe = request.Unsubscribe is true,
        Tls = request.Tls is { } tls ? TlsRequirementText.Parse(tls) : null,
        ExpiresIn = request.ExpiresIn?.Value,
        SendAt = request.SendAt,
        Idempotency = idempotency,
        Render = RenderOf(request),
        // This surface promises that all recipients get the message, or none.
        OnSuppressed = request.SeparatedAddresses ? SuppressedRecipients.Refuse : SuppressedRecipients.Skip,
    };

    private static TemplateUse? RenderOf(MessageRequest request)
    {
        var variables = request.Variables ?? request.Data;
        if (request.TemplateName is null && variables is null)
            return null;
        var version = PrefixedId.TryParse<TemplateVersionId>(request.TemplateVersion, out var id) ? id : (TemplateVersionId?)null;
        return new TemplateUse(request.TemplateName, version, variables?.Value, request.Data is null ? "variables" : "data");
    }

    private static Mailbox SenderOf(MessageRequest request)
    {
        var from = request.From!.Read(request.SeparatedAddresses).Mailboxes[0];
        return request.SenderName is { Length: > 0 } name ? new Mailbox(name, from.Address) : from;
    }

    private static List<OutgoingRecipient> RecipientsOf(MessageRequest request)
    {
        var recipients = new List<OutgoingRecipient>(request.To!.Count);
        Add(request.To, RecipientKind.To);
        Add(request.Cc, RecipientKind.Cc);
        Add(request.Bcc, RecipientKind.Bcc);
        return recipients;

        void Add(AddressInputs? inputs, RecipientKind kind)
        {
            if (inputs is null)
                return;
            foreach (var mailbox in inputs.Read(request.SeparatedAddresses).Mailboxes)
            {
                // Who is named twice gets one copy, where named first.
                if (!recipients.Exists(other => other.Mailbox.Address.Equals(mailbox.Address)))
                    recipients.Add(new OutgoingRecipient(kind, mailbox));
            }
        }
    }

    private static IReadOnlyList<OutgoingAttachment> AttachmentsOf(MessageRequest request) => request.Attachments is { Count: > 0 } attachments
        ? attachments.ConvertAll(item => new OutgoingAttachment(item!.Filename!, item.ContentType, item.ContentId, item.Content?.Value ?? default)
        {
            Asset = item.AssetId is { } asset && PrefixedId.TryParse<AssetId>(asset, out var assetId) ? assetId : null,
            Upload = item.UploadId is { } upload && PrefixedId.TryParse<UploadId>(upload, out var uploadId) ? uploadId : null,
        })
        : [];
}
