using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Assets;

/// <summary>The body of <c>POST /assets/upload-sessions</c> and <c>POST /assets/upload-url</c>.</summary>
public sealed record UploadSessionRequest
{
    /// <summary><c>single</c> (the default): one PUT of the whole file. <c>chunked</c>: parts, then complete.</summary>
    public string? Mode { get; init; }

    /// <summary>Assets are sorted into buckets; default <c>default</c>.</summary>
    public string? Bucket { get; init; }

    /// <summary>The name within the bucket. An asset that has it gets new content; without one the asset gets its own.</summary>
    public string? Key { get; init; }

    /// <summary><c>private</c> (the default) or <c>public</c>.</summary>
    public string? Visibility { get; init; }

    public string? FileName { get; init; }

    /// <summary>Told from the file name when absent.</summary>
    public string? MimeType { get; init; }

    /// <summary>Exactly as many bytes must come.</summary>
    public long? FileSize { get; init; }

    /// <summary>At most as many bytes may come.</summary>
    public long? MaxBytes { get; init; }

    public string? CacheControl { get; init; }

    /// <summary>A JSON object of your own.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>How long the upload may take to arrive, such as <c>900s</c> or <c>10m</c>.</summary>
    public Duration? ExpiresIn { get; init; }
}

/// <summary>The body of <c>POST /assets/{id}/signed-url</c>.</summary>
public sealed record SignedUrlRequest
{
    /// <summary>How long the address works, such as <c>10m</c>.</summary>
    public Duration? ExpiresIn { get; init; }

    /// <summary>The same as expiresIn.</summary>
    [JsonPropertyName("expires_in")]
    public Duration? ExpiresInSnake { get; init; }

    /// <summary>How many downloads it allows; any number when absent.</summary>
    [JsonPropertyName("max_downloads")]
    public int? MaxDownloads { get; init; }
}
