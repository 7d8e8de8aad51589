using System.Security.Cryptography;
using Mail.Core.Organizations;
using Microsoft.Extensions.Options;

namespace Mail.Core.Assets;

/// <summary>Uploads that are announced first: in one piece or in parts, by whoever has the signed address.</summary>
public sealed class UploadSessions(
    UploadStore uploads, BlobBytes bytes, BlobStore blobs, AssetStore assets, IOptions<AssetOptions> options)
{
    private readonly AssetOptions _options = options.Value;

    /// <summary>The whole file of a <see cref="UploadMode.Single"/> session; completes it.</summary>
    public async Task<UploadOutcome> PutAsync(
        OrganizationId organization, UploadId id, Stream content, byte[]? expectedSha256, CancellationToken cancellationToken)
    {
        if (await uploads.FindAsync(organization, id, cancellationToken) is not { IsOpen: true, Mode: UploadMode.Single } session)
            return new UploadOutcome.NotOpen();
        var (blob, refused) = await WriteAsync(organization, content, session.MaxBytes, expectedSha256, _options.UploadTime, cancellationToken);
        return blob is null ? refused! : await CompleteAsync(organization, session, blob, cancellationToken);
    }

    /// <summary>One part of a <see cref="UploadMode.Chunked"/> session; in any order, and again if need be.</summary>
    public async Task<UploadOutcome> PutPartAsync(
        OrganizationId organization, UploadId id, int number, Stream content, byte[]? expectedSha256, CancellationToken cancellationToken)
    {
        if (await uploads.FindAsync(organization, id, cancellationToken) is not { IsOpen: true, Mode: UploadMode.Chunked } session)
            return new UploadOutcome.NotOpen();
        var most = Math.Min(_options.MaxPartBytes, session.MaxBytes);
        // Parts need no row of their own in blobs: they are needed as long as the session may be completed, and then deleted.
        var lifetime = session.TimeLeft + _options.UploadTime;
        var (blob, refused) = await WriteAsync(organization, content, most, expectedSha256, lifetime, cancellationToken);
        if (blob is null)
            return refused!;
        if (blob.Size > 0 && await uploads.PutPartAsync(organization, id, number, blob, cancellationToken))
            return new UploadOutcome.PartStored(number, blob);
        await blobs.DiscardAsync(blob.Name, cancellationToken);
        return blob.Size == 0 ? new UploadOutcome.SizeMismatch(1, 0) : new UploadOutcome.NotOpen();
    }

    /// <summary>Puts the parts together. Again: answers what it made.</summary>
    public async Task<UploadOutcome> CompleteAsync(OrganizationId organization, UploadId id, CancellationToken cancellationToken)
    {
        if (await uploads.FindAsync(organization, id, cancellationToken) is not { } session)
            return new UploadOutcome.NotOpen();
        if (session.Asset is { } made)
            return await MadeAsync(organization, made, cancellationToken);
        if (!session.IsOpen)
            return new UploadOutcome.NotOpen();
        var parts = await uploads.PartsAsync(organization, id, cancellationToken);
        if (Check(session, parts) is { } refused)
            return refused;
        await using var joined = new PartsStream([.. parts.Select(part => part.BlobName)], bytes);
        var (blob, tooLarge) = await WriteAsync(organization, joined, session.MaxBytes, null, _options.UploadTime, cancellationToken);
        return blob is null ? tooLarge! : await CompleteAsync(organization, session, blob, cancellationToken);
    }

    private static UploadOutcome? Check(UploadSession session, List<UploadPart> parts)
    {
        var whole = 0;
        while (whole < parts.Count && parts[whole].Number == whole + 1)
            whole++;
        if (whole == 0 || whole < parts.Count)
            return new UploadOutcome.PartMissing(whole + 1);
        var size = parts.Sum(part => part.Size);
        if (session.FileSize is { } announced && announced != size)
            return new UploadOutcome.SizeMismatch(announced, size);
        return size > session.MaxBytes ? new UploadOutcome.TooLarge(session.MaxBytes) : null;
    }

    private async Task<UploadOutcome> CompleteAsync(
        OrganizationId organization, UploadSession session, WrittenBlob blob, CancellationToken cancellationToken)
    {
        if (session.FileSize is { } announced && announced != blob.Size)
        {
            await blobs.DiscardAsync(blob.Name, cancellationToken);
            return new UploadOutcome.SizeMismatch(announced, blob.Size);
        }
        // The asset takes the id of the upload's moment: one that is completed twice is the same.
        var completion = await uploads.CompleteAsync(organization, session, new AssetId(session.Id.Value), blob, _options.Grace, cancellationToken);
        if (completion is UploadCompletion.Completed(var asset) && asset.BlobName == blob.Name)
            return new UploadOutcome.Stored(asset, Replayed: false);
        await blobs.DiscardAsync(blob.Name, cancellationToken);
        return completion switch
        {
            UploadCompletion.Completed completed => new UploadOutcome.Stored(completed.Asset, Replayed: false),
            UploadCompletion.Earlier when await uploads.FindAsync(organization, session.Id, cancellationToken) is { Asset: { } made } =>
                await MadeAsync(organization, made, cancellationToken),
            UploadCompletion.TooSlow => new UploadOutcome.TooSlow(),
            UploadCompletion.Earlier or UploadCompletion.Canceled => new UploadOutcome.NotOpen(),
            _ => throw new InvalidOperationException("An unknown completion."),
        };
    }

    private async Task<UploadOutcome> MadeAsync(OrganizationId organization, AssetId made, CancellationToken cancellationToken) =>
        await assets.FindAsync(organization, made, cancellationToken) is { } asset
            ? new UploadOutcome.Stored(asset, Replayed: true)
            : new UploadOutcome.NotOpen();

    private async Task<(WrittenBlob? Blob, UploadOutcome? Refused)> WriteAsync(
        OrganizationId organization, Stream content, long maxBytes, byte[]? expectedSha256, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (await bytes.WriteAsync(organization, content, maxBytes, lifetime, cancellationToken) is not { } blob)
            return (null, new UploadOutcome.TooLarge(maxBytes));
        if (expectedSha256 is null || CryptographicOperations.FixedTimeEquals(expectedSha256, blob.Sha256))
            return (blob, null);
        await blobs.DiscardAsync(blob.Name, cancellationToken);
        return (null, new UploadOutcome.ChecksumMismatch(blob.Sha256));
    }
}
