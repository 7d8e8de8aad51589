using System.Security.Cryptography;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Microsoft.Extensions.Options;

namespace Mail.Core.Assets;

/// <summary>
/// The bytes of attachments, inline or of assets: found or stored by their SHA-256 within the organization, and kept until the
/// message is surely settled. A message carries their hash and place, so that nothing that happens to an asset later changes it.
/// </summary>
public sealed class AttachmentBlobs(BlobBytes bytes, BlobStore blobs, AssetStore assets, IOptions<AssetOptions> options)
{
    /// <summary>Returns when all bytes are durable. Nothing has to be released afterwards: what is kept is kept for a time.</summary>
    /// <param name="keepFor">How long from now the message may be unsettled.</param>
    /// <exception cref="Azure.RequestFailedException">Blob storage is away or refuses.</exception>
    public async Task<AttachmentsOutcome> StoreAsync(
        OrganizationId organization, IReadOnlyList<OutgoingAttachment> attachments, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        if (attachments.Count == 0)
            return new AttachmentsOutcome.Stored([]);
        var found = await ResolveAsync(organization, attachments, cancellationToken);
        var unknown = Positions(found, content => content is null);
        if (unknown.Count > 0)
            return new AttachmentsOutcome.Unknown(unknown);
        if (found.Sum(content => content!.Size) > options.Value.MaxAttachedBytes)
            return new AttachmentsOutcome.TooLarge(options.Value.MaxAttachedBytes);

        var kept = await KeptAsync(organization, found, keepFor, cancellationToken);
        await StoreMissingAsync(organization, attachments, found, kept, keepFor, cancellationToken);
        // An asset that was deleted and collected since it was found.
        unknown = Positions(found, content => !kept.ContainsKey(content!.Hash));
        return unknown.Count > 0
            ? new AttachmentsOutcome.Unknown(unknown)
            : new AttachmentsOutcome.Stored([.. attachments.Select((attachment, i) => new StoredAttachment(
                attachment.FileName, attachment.ContentType ?? found[i]!.Type, attachment.ContentId, found[i]!.Hash, found[i]!.Size, kept[found[i]!.Hash]))]);
    }

    /// <summary>Keeps what is stored for longer, as when a message is put off. False when it is gone already.</summary>
    public async Task<bool> KeepAsync(
        OrganizationId organization, IReadOnlyList<StoredAttachment> attachments, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        var hashes = attachments.Select(attachment => attachment.Sha256).Distinct().ToList();
        return hashes.Count == 0
            || (await blobs.KeepAsync(organization, hashes.ConvertAll(Convert.FromHexString), keepFor, cancellationToken)).Count == hashes.Count;
    }

    /// <exception cref="Azure.RequestFailedException">Blob storage is away, or the blob is gone.</exception>
    public async ValueTask<Stream> OpenAsync(OrganizationId organization, StoredAttachment attachment, CancellationToken cancellationToken) =>
        await bytes.OpenAsync(attachment.Blob ?? $"{organization}/{attachment.Sha256}", cancellationToken: cancellationToken);

    private async Task<List<Content?>> ResolveAsync(
        OrganizationId organization, IReadOnlyList<OutgoingAttachment> attachments, CancellationToken cancellationToken)
    {
        var named = new Dictionary<Guid, Content>();
        if (attachments.Any(attachment => attachment.Source is not null))
        {
            var contents = await assets.FindContentsAsync(organization,
                [.. attachments.Select(attachment => attachment.Asset?.Value).OfType<Guid>().Distinct()],
                [.. attachments.Select(attachment => attachment.Upload?.Value).OfType<Guid>().Distinct()], cancellationToken);
            foreach (var (id, sha256, size, type) in contents)
                named[id] = new Content(Convert.ToHexStringLower(sha256), size, type);
        }
        return [.. attachments.Select(attachment => attachment.Source is { } source
            ? named.GetValueOrDefault(source)
            : new Content(Convert.ToHexStringLower(SHA256.HashData(attachment.Content.Span)), attachment.Content.Length, null))];
    }

    private async Task<Dictionary<string, string>> KeptAsync(
        OrganizationId organization, List<Content?> found, TimeSpan keepFor, CancellationToken cancellationToken)
    {
        var hashes = found.Select(content => content!.Hash).Distinct().Select(Convert.FromHexString).ToList();
        var kept = await blobs.KeepAsync(organization, hashes, keepFor, cancellationToken);
        return kept.ToDictionary(blob => Convert.ToHexStringLower(blob.Sha256), blob => blob.Name);
    }

    private async Task StoreMissingAsync(
        OrganizationId organization, IReadOnlyList<OutgoingAttachment> attachments, List<Content?> found, Dictionary<string, string> kept,
        TimeSpan keepFor, CancellationToken cancellationToken)
    {
        for (var i = 0; i < attachments.Count; i++)
        {
            if (attachments[i].Source is not null || kept.ContainsKey(found[i]!.Hash))
                continue;
            var content = BinaryData.FromBytes(attachments[i].Content).ToStream();
            var written = await bytes.WriteAsync(organization, content, long.MaxValue, options.Value.UploadTime, cancellationToken);
            var name = await blobs.AdoptAsync(organization, written!, keepFor, cancellationToken)
                ?? throw new InvalidOperationException("An attachment was not stored within the time that uploads may take.");
            if (name != written!.Name)
                await blobs.DiscardAsync(written.Name, cancellationToken);
            kept[found[i]!.Hash] = name;
        }
    }

    private static List<int> Positions(List<Content?> found, Predicate<Content?> which) =>
        [.. Enumerable.Range(0, found.Count).Where(i => which(found[i]))];

    private sealed record Content(string Hash, long Size, string? Type);
}
