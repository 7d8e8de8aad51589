using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Assets;

/// <summary>
/// Attachment bytes in blob storage, named by their SHA-256 within their organization: the same bytes are stored once,
/// and a stored name always means the same bytes.
/// </summary>
public sealed class AttachmentBlobs(BlobServiceClient blobs)
{
    private const string ContainerName = "attachments";

    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient(ContainerName);
    private Task? _containerExists;

    /// <summary>Returns when all bytes are stored.</summary>
    /// <exception cref="Azure.RequestFailedException">Blob storage is away or refuses.</exception>
    public async Task<IReadOnlyList<StoredAttachment>> StoreAsync(
        OrganizationId organization, IReadOnlyList<OutgoingAttachment> attachments, CancellationToken cancellationToken)
    {
        if (attachments.Count == 0)
            return [];
        await EnsureContainerAsync(cancellationToken);
        var stored = new List<StoredAttachment>(attachments.Count);
        foreach (var attachment in attachments)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(attachment.Content.Span));
            var blob = _container.GetBlobClient(NameOf(organization, hash));
            if (!await blob.ExistsAsync(cancellationToken))
                await blob.UploadAsync(BinaryData.FromBytes(attachment.Content), overwrite: true, cancellationToken);
            stored.Add(new StoredAttachment(
                attachment.FileName, attachment.ContentType, attachment.ContentId, hash, attachment.Content.Length));
        }
        return stored;
    }

    /// <exception cref="Azure.RequestFailedException">Blob storage is away, or the blob is gone.</exception>
    public async ValueTask<Stream> OpenAsync(OrganizationId organization, StoredAttachment attachment, CancellationToken cancellationToken)
    {
        var download = await _container.GetBlobClient(NameOf(organization, attachment.Sha256)).DownloadStreamingAsync(cancellationToken: cancellationToken);
        return download.Value.Content;
    }

    private static string NameOf(OrganizationId organization, string sha256) => $"{organization}/{sha256}";

    // A failed creation is tried again by the next caller.
    private async Task EnsureContainerAsync(CancellationToken cancellationToken)
    {
        if (_containerExists is { IsCompletedSuccessfully: true })
            return;
        var creating = _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        _containerExists = creating;
        await creating;
    }
}
