using System.Buffers.Binary;
using Mail.Core.Organizations;
using Mail.Core.Secrets;

namespace Mail.Core.Assets;

/// <summary>Writes and reads the tokens of addresses that need no API key.</summary>
public sealed class AssetLinks(SignedTokens tokens, TimeProvider clock)
{
    private const int TokenLength = 1 + 16 + 16 + 8 + 16;
    private const int MaxTextLength = 200;

    /// <summary>Bytes of one upload session may be put there.</summary>
    public string WriteUpload(OrganizationId organization, UploadId upload, DateTimeOffset expiresAt) =>
        Write(Kind.Upload, organization, upload.Value, expiresAt.ToUnixTimeSeconds(), Guid.Empty);

    /// <summary>One asset may be read there until the time given.</summary>
    /// <param name="link">Counts the downloads; null for any number.</param>
    public string WriteDownload(OrganizationId organization, AssetId asset, DateTimeOffset expiresAt, AssetLinkId? link) =>
        Write(Kind.Download, organization, asset.Value, expiresAt.ToUnixTimeSeconds(), link?.Value ?? Guid.Empty);

    /// <summary>One asset may be read there while it is public.</summary>
    public string WritePublic(OrganizationId organization, AssetId asset) => Write(Kind.Public, organization, asset.Value, long.MaxValue, Guid.Empty);

    public (OrganizationId Organization, UploadId Upload)? ReadUpload(string token) =>
        Read(token, Kind.Upload) is { } read ? (read.Organization, new UploadId(read.Id)) : null;

    /// <summary>Null when it is not one of ours, or over.</summary>
    public AssetLink? ReadDownload(string token)
    {
        if (Read(token, Kind.Download) is { } read)
            return new AssetLink(read.Organization, new AssetId(read.Id), IsPublic: false, read.Link == Guid.Empty ? null : new AssetLinkId(read.Link));
        return Read(token, Kind.Public) is { } shown ? new AssetLink(shown.Organization, new AssetId(shown.Id), IsPublic: true, null) : null;
    }

    private string Write(Kind kind, OrganizationId organization, Guid id, long expiresAt, Guid link)
    {
        Span<byte> payload = stackalloc byte[TokenLength];
        payload[0] = (byte)kind;
        organization.Value.TryWriteBytes(payload[1..], bigEndian: true, out _);
        id.TryWriteBytes(payload[17..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(payload[33..], expiresAt);
        link.TryWriteBytes(payload[41..], bigEndian: true, out _);
        return tokens.Write(payload);
    }

    private (OrganizationId Organization, Guid Id, Guid Link)? Read(string token, Kind kind)
    {
        if (token.Length > MaxTextLength || tokens.Read(token) is not { Length: TokenLength } payload || payload[0] != (byte)kind
            || BinaryPrimitives.ReadInt64BigEndian(payload.AsSpan(33)) <= clock.GetUtcNow().ToUnixTimeSeconds())
            return null;
        return (new OrganizationId(ReadGuid(payload, 1)), ReadGuid(payload, 17), ReadGuid(payload, 41));
    }

    private static Guid ReadGuid(byte[] payload, int offset) => new(payload.AsSpan(offset, 16), bigEndian: true);

    private enum Kind : byte
    {
        Upload = 1,
        Download = 2,
        Public = 3,
    }
}

/// <summary>What a download address says.</summary>
public readonly record struct AssetLink(OrganizationId Organization, AssetId Asset, bool IsPublic, AssetLinkId? Counted);
