using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Core.Assets;

namespace Mail.Api.Features.Assets;

/// <summary>A success of the assets API: the envelope, in snake case.</summary>
public sealed record AssetEnvelope<T>(
    [property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("status_code")] int StatusCode, [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("data")] T Data);

/// <summary>A page of assets, newest first.</summary>
public sealed record AssetPage(
    [property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("status_code")] int StatusCode, [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("data")] IReadOnlyList<AssetResponse> Data,
    [property: JsonPropertyName("next_cursor")] string? NextCursor, [property: JsonPropertyName("has_more")] bool HasMore);

/// <param name="Url">Where everybody reads it; null while it is private.</param>
public sealed record AssetResponse(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("bucket")] string Bucket,
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("original_name")] string OriginalName,
    [property: JsonPropertyName("mime_type")] string MimeType,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("checksum_sha256")] string ChecksumSha256,
    [property: JsonPropertyName("visibility")] string Visibility,
    [property: JsonPropertyName("cache_control")] string? CacheControl,
    [property: JsonPropertyName("metadata")] JsonElement? Metadata,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("replication_status")] string ReplicationStatus,
    [property: JsonPropertyName("generation")] long Generation,
    [property: JsonPropertyName("revision")] long Revision,
    [property: JsonPropertyName("url")] string? Url,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt)
{
    // An asset is shown only when its bytes are durable, and replication is the storage account's.
    internal static AssetResponse Of(Asset asset, string? url) => new(
        asset.Id.ToString(), asset.Bucket, asset.Key, asset.OriginalName, asset.MimeType, asset.Size, Convert.ToHexStringLower(asset.Sha256),
        asset.Visibility.ToText(), asset.CacheControl, asset.Metadata is null ? null : JsonElement.Parse(asset.Metadata), "ready", "complete",
        asset.Generation, asset.Revision, url, asset.CreatedAt, asset.UpdatedAt);
}

/// <param name="Url">For <c>single</c>: PUT the file there. For <c>chunked</c>: PUT part n to <c>{url}/parts/{n}</c>. Null when it is over.</param>
/// <param name="AssetId">What it became, when it is completed.</param>
public sealed record UploadSessionResponse(
    [property: JsonPropertyName("upload_session_id")] string UploadSessionId,
    [property: JsonPropertyName("session_id")] string SessionId,
    [property: JsonPropertyName("mode")] string Mode,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("url")] string? Url,
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("token")] string? Token,
    [property: JsonPropertyName("max_bytes")] long MaxBytes,
    [property: JsonPropertyName("max_part_bytes")] long? MaxPartBytes,
    [property: JsonPropertyName("parts")] IReadOnlyList<UploadPartResponse> Parts,
    [property: JsonPropertyName("asset_id")] string? AssetId,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt);

public sealed record UploadPartResponse(
    [property: JsonPropertyName("part_number")] int PartNumber,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("checksum_sha256")] string ChecksumSha256);

public sealed record SignedUrlResponse(
    [property: JsonPropertyName("url")] string Url, [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt,
    [property: JsonPropertyName("max_downloads")] int? MaxDownloads);
