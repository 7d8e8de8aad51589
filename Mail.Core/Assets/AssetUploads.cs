using System.Security.Cryptography;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Microsoft.Extensions.Options;

namespace Mail.Core.Assets;

/// <summary>Makes assets of streams. What is refused leaves nothing behind.</summary>
public sealed class AssetUploads(BlobBytes bytes, BlobStore blobs, AssetStore assets, IOptions<AssetOptions> options, TimeProvider clock)
{
    private readonly AssetOptions _options = options.Value;

    /// <summary>Streams bytes into blob storage; they are nobody's until <see cref="PutAsync"/>.</summary>
    /// <param name="expectedSha256">Compared with what was read, when given.</param>
    /// <returns>Bytes, or why not.</returns>
    public async Task<(WrittenBlob? Blob, UploadOutcome? Refused)> WriteAsync(
        OrganizationId organization, Stream content, byte[]? expectedSha256, CancellationToken cancellationToken)
    {
        if (await bytes.WriteAsync(organization, content, _options.MaxBytes, _options.UploadTime, cancellationToken) is not { } blob)
            return (null, new UploadOutcome.TooLarge(_options.MaxBytes));
        if (expectedSha256 is null || CryptographicOperations.FixedTimeEquals(expectedSha256, blob.Sha256))
            return (blob, null);
        await blobs.DiscardAsync(blob.Name, cancellationToken);
        return (null, new UploadOutcome.ChecksumMismatch(blob.Sha256));
    }

    /// <summary>Bytes that were written and are not wanted after all.</summary>
    public Task DiscardAsync(WrittenBlob blob, CancellationToken cancellationToken) => blobs.DiscardAsync(blob.Name, cancellationToken);

    /// <summary>Makes the asset of written bytes.</summary>
    /// <param name="idempotencyKey">Repeating the same request with it answers the asset that is there.</param>
    /// <param name="requestHash">Of all that the request says, its bytes included.</param>
    public async Task<UploadOutcome> PutAsync(
        OrganizationId organization, AssetDescription description, WrittenBlob blob, string? idempotencyKey, byte[] requestHash,
        CancellationToken cancellationToken)
    {
        if (idempotencyKey is not null && await FindEarlierAsync(organization, idempotencyKey, requestHash, cancellationToken) is { } earlier)
            return await DiscardedAsync(blob, earlier, cancellationToken);
        var idempotent = idempotencyKey is null ? null : new IdempotentUpload(idempotencyKey, requestHash, _options.IdempotencyLifetime);
        switch (await assets.PutAsync(
            organization, PrefixedId.New<AssetId>(clock), description, blob, _options.Grace, idempotent, cancellationToken))
        {
            case AssetPut.Stored stored:
                return stored.Asset.BlobName == blob.Name
                    ? new UploadOutcome.Stored(stored.Asset, Replayed: false)
                    : await DiscardedAsync(blob, new UploadOutcome.Stored(stored.Asset, Replayed: false), cancellationToken);
            case AssetPut.KeyTaken:
                var winner = await FindEarlierAsync(organization, idempotencyKey!, requestHash, cancellationToken);
                return await DiscardedAsync(blob, winner ?? new UploadOutcome.IdempotencyConflict(idempotencyKey!), cancellationToken);
            default:
                return new UploadOutcome.TooSlow();
        }
    }

    private async Task<UploadOutcome?> FindEarlierAsync(
        OrganizationId organization, string key, byte[] requestHash, CancellationToken cancellationToken)
    {
        if (await assets.FindRememberedAsync(organization, key, cancellationToken) is not { } remembered)
            return null;
        if (!remembered.RequestHash.AsSpan().SequenceEqual(requestHash))
            return new UploadOutcome.IdempotencyConflict(key);
        return await assets.FindAsync(organization, remembered.Asset, cancellationToken) is { } asset
            ? new UploadOutcome.Stored(asset, Replayed: true)
            : null;
    }

    private async Task<UploadOutcome> DiscardedAsync(WrittenBlob blob, UploadOutcome outcome, CancellationToken cancellationToken)
    {
        await blobs.DiscardAsync(blob.Name, cancellationToken);
        return outcome;
    }
}
