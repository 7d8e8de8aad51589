namespace Azure.Storage.Blobs.Models;

/// <summary>What the service knows about a blob.</summary>
public sealed record BlobProperties(
    long ContentLength, string? ContentType, string? ContentDisposition, ETag ETag, DateTimeOffset? LastModified, IReadOnlyDictionary<string, string> Metadata)
{
    private const string MetadataPrefix = "x-ms-meta-";

    internal static BlobProperties From(Response response)
    {
        var headers = response.Headers;
        return new BlobProperties(
            headers.ContentLengthLong ?? 0,
            headers.ContentType,
            headers.TryGetValue("Content-Disposition", out var disposition) ? disposition : null,
            headers.ETag ?? default,
            headers.TryGetValue("Last-Modified", out var date) && DateTimeOffset.TryParse(date, out var modified) ? modified : null,
            headers.Where(header => header.Name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
                .ToDictionary(header => header.Name[MetadataPrefix.Length..], header => header.Value, StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>A blob in a listing.</summary>
public sealed record BlobItem(string Name, long ContentLength, string? ContentType, ETag? ETag, DateTimeOffset? LastModified);
