using Mail.Core.Assets;
using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Protocol.Mime;
using Microsoft.AspNetCore.StaticFiles;

namespace Mail.Worker.Delivery;

/// <summary>The attachments of an item: they are read out of blob storage while the message is written.</summary>
internal sealed class AttachmentReader(AttachmentBlobs blobs)
{
    private const string UnknownType = "application/octet-stream";

    private readonly FileExtensionContentTypeProvider _types = new();

    public async ValueTask<IReadOnlyList<MailAttachment>> DescribeAsync(DeliveryJob job, CancellationToken cancellationToken)
    {
        if (job.Attachments.Count == 0)
            return [];
        var attachments = new List<MailAttachment>(job.Attachments.Count);
        foreach (var stored in job.Attachments)
            attachments.Add(await DescribeAsync(job, stored, cancellationToken));
        return attachments;
    }

    private async ValueTask<MailAttachment> DescribeAsync(DeliveryJob job, StoredAttachment stored, CancellationToken cancellationToken)
    {
        var attachment = new MailAttachment
        {
            FileName = stored.FileName,
            ContentType = stored.ContentType ?? (_types.TryGetContentType(stored.FileName, out var type) ? type : UnknownType),
            ContentId = stored.ContentId,
            Inline = stored.ContentId is not null,
        };
        // How a mail within a mail is encoded depends on all of it.
        if (!attachment.ContentType.StartsWith("message/", StringComparison.OrdinalIgnoreCase))
            return attachment with { OpenContent = token => blobs.OpenAsync(job.Organization, stored, token) };
        var content = new byte[checked((int)stored.Size)];
        await using var stream = await blobs.OpenAsync(job.Organization, stored, cancellationToken);
        await stream.ReadExactlyAsync(content, cancellationToken);
        return attachment with { Content = content };
    }
}
