using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Mail.Core.Organizations;
using Azure;

namespace Mail.Core.Assets;

/// <summary>The bytes themselves, streamed both ways. Every write has a new name, announced before the first byte.</summary>
public sealed class BlobBytes(BlobServiceClient blobs, BlobStore store, TimeProvider clock)
{
    private const string ContainerName = "attachments";

    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient(ContainerName);
    private Task? _containerExists;

    /// <summary>Writes what is left of the stream, hashing it on the way. Returns when it is durable; memory stays at one block.</summary>
    /// <param name="maxBytes">More than that is not read; the bytes that were written are deleted again.</param>
    /// <param name="lifetime">When they are deleted unless they are adopted.</param>
    /// <returns>Null when there were more bytes.</returns>
    /// <exception cref="RequestFailedException">Blob storage is away or refuses.</exception>
    public async Task<WrittenBlob?> WriteAsync(
        OrganizationId organization, Stream content, long maxBytes, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        await EnsureContainerAsync(cancellationToken);
        var name = $"{organization}/{Guid.CreateVersion7(clock.GetUtcNow()):n}";
        await store.AnnounceAsync(name, lifetime, cancellationToken);
        await using var hashing = new HashingStream(content, maxBytes);
        await _container.GetBlobClient(name).UploadAsync(hashing, overwrite: true, cancellationToken);
        if (!hashing.IsTooLong)
            return new WrittenBlob(name, hashing.Hash(), hashing.Count);
        await store.DiscardAsync(name, cancellationToken);
        return null;
    }

    /// <exception cref="RequestFailedException">Blob storage is away, or the blob is gone.</exception>
    public async Task<Stream> OpenAsync(string name, long offset = 0, long? length = null, CancellationToken cancellationToken = default)
    {
        var options = offset > 0 || length is not null ? new BlobDownloadOptions { Range = new HttpRange(offset, length) } : null;
        return (await _container.GetBlobClient(name).DownloadStreamingAsync(options, cancellationToken)).Value.Content;
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        _container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken);

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
