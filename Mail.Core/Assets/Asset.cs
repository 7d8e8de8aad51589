namespace Mail.Core.Assets;

/// <summary>Where an asset goes and what is said about it.</summary>
/// <param name="Key">Its name within the bucket; null for one of its own.</param>
/// <param name="Metadata">A JSON object, as given.</param>
public sealed record AssetDescription(
    string Bucket, string? Key, string OriginalName, string MimeType, AssetVisibility Visibility, string? CacheControl, string? Metadata);

/// <summary>A stored file.</summary>
/// <param name="BlobName">Where its bytes are.</param>
/// <param name="Generation">Counts its contents.</param>
/// <param name="Revision">Counts changes of any kind.</param>
public sealed record Asset(
    AssetId Id, string Bucket, string Key, string OriginalName, string MimeType, long Size, byte[] Sha256, AssetVisibility Visibility,
    string? CacheControl, string? Metadata, long Generation, long Revision, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string BlobName);

public enum AssetVisibility
{
    /// <summary>Read with a key or a signed address.</summary>
    Private,

    /// <summary>Read by everybody who has its address.</summary>
    Public,
}

public static class AssetVisibilityText
{
    public static string ToText(this AssetVisibility visibility) => visibility switch
    {
        AssetVisibility.Private => "private",
        AssetVisibility.Public => "public",
        _ => throw new ArgumentOutOfRangeException(nameof(visibility)),
    };

    public static AssetVisibility? TryParse(string text) => text switch
    {
        "private" => AssetVisibility.Private,
        "public" => AssetVisibility.Public,
        _ => null,
    };

    internal static AssetVisibility Parse(string text) => TryParse(text) ?? throw new FormatException($"'{text}' is no visibility.");
}
