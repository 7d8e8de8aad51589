using Azure.Core;

namespace Azure.Storage.Blobs.Models;

/// <summary>How a blob is stored.</summary>
public sealed class BlobUploadOptions
{
    public BlobHttpHeaders? HttpHeaders { get; set; }
    public IDictionary<string, string>? Metadata { get; set; }

    /// <summary><c>IfNoneMatch = ETag.All</c>: only when there is no such blob yet.</summary>
    public BlobRequestConditions? Conditions { get; set; }

    internal void AddTo(Request request)
    {
        Set(request, "x-ms-blob-content-type", HttpHeaders?.ContentType);
        Set(request, "x-ms-blob-content-disposition", HttpHeaders?.ContentDisposition);
        Set(request, "x-ms-blob-cache-control", HttpHeaders?.CacheControl);
        foreach (var (name, value) in Metadata ?? new Dictionary<string, string>()) Set(request, "x-ms-meta-" + name, value);
        Conditions?.AddTo(request);
    }

    private static void Set(Request request, string header, string? value)
    {
        if (!string.IsNullOrEmpty(value)) request.Headers.SetValue(header, value);
    }
}

/// <summary>What a download of the blob says about itself.</summary>
public sealed class BlobHttpHeaders
{
    public string? ContentType { get; set; }
    public string? ContentDisposition { get; set; }
    public string? CacheControl { get; set; }
}

/// <summary>When a request takes effect.</summary>
public sealed class BlobRequestConditions
{
    public ETag? IfMatch { get; set; }
    public ETag? IfNoneMatch { get; set; }

    internal void AddTo(Request request)
    {
        if (IfMatch is { } match) request.Headers.SetValue("If-Match", match.ToString("H"));
        if (IfNoneMatch is { } none) request.Headers.SetValue("If-None-Match", none.ToString("H"));
    }
}

/// <summary>What was stored.</summary>
public sealed record BlobContentInfo(ETag ETag);
