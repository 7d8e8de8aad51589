using System.IO.Pipelines;
using System.Buffers;
using Mail.Core.Assets;
using Mail.Core.Organizations;
using Mail.Core.Text;
using Mail.Protocol.Mime;
using Microsoft.Extensions.Options;

namespace Mail.Core.Inbound;

/// <summary>The large parts of received mail, in blob storage under their hash, for as long as mail is kept.</summary>
public sealed class InboundBlobs(BlobBytes bytes, BlobStore blobs, IOptions<InboundMailOptions> options)
{
    private const int MaxAttachments = 200;
    private const int MaxNameLength = 255;
    private const long MaxBytes = 2_000_000_000;
    private static readonly TimeSpan WriteTime = TimeSpan.FromHours(1);
    // Mail is deleted from time to time, not to the second.
    private static readonly TimeSpan Slack = TimeSpan.FromDays(2);

    /// <summary>Returns when all of them are durable.</summary>
    /// <exception cref="Azure.RequestFailedException">Blob storage is away or refuses.</exception>
    internal async Task<IReadOnlyList<InboundAttachment>> StoreAttachmentsAsync(
        OrganizationId organization, MimeMessage message, CancellationToken cancellationToken)
    {
        var stored = new List<InboundAttachment>();
        foreach (var attachment in message.Attachments.Take(MaxAttachments))
        {
            await using var content = attachment.OpenContent();
            var (name, blob) = await StoreAsync(organization, content, options.Value.Retention, cancellationToken);
            stored.Add(new InboundAttachment(
                stored.Count + 1, attachment.FileName is { } file ? StorableText.Of(file, MaxNameLength) : null,
                StorableText.Of(attachment.ContentType.MediaType, MaxNameLength),
                attachment.ContentId is { } id ? StorableText.Of(id, MaxNameLength) : null, attachment.IsInline, blob.Size,
                Convert.ToHexStringLower(blob.Sha256), name));
        }
        return stored;
    }

    /// <summary>Where the octets are. Returns when they are durable; they are not copied.</summary>
    /// <exception cref="Azure.RequestFailedException">Blob storage is away or refuses.</exception>
    public async Task<string> StoreRawAsync(
        OrganizationId organization, ReadOnlySequence<byte> raw, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        await using var content = PipeReader.Create(raw).AsStream();
        return (await StoreAsync(organization, content, keepFor, cancellationToken)).Name;
    }

    public Task<Stream> OpenAsync(string name, CancellationToken cancellationToken) => bytes.OpenAsync(name, cancellationToken: cancellationToken);

    private async Task<(string Name, WrittenBlob Blob)> StoreAsync(
        OrganizationId organization, Stream content, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        var written = await bytes.WriteAsync(organization, content, MaxBytes, WriteTime, cancellationToken)
            ?? throw new InvalidOperationException("A part of a mail is larger than a mail may be.");
        var name = await blobs.AdoptAsync(organization, written, keepFor + Slack, cancellationToken)
            ?? throw new TimeoutException("A part of a mail took too long to be stored.");
        return (name, written);
    }
}
