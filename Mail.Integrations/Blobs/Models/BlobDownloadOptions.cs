namespace Azure.Storage.Blobs.Models;

/// <summary>Which bytes, and under which conditions.</summary>
public sealed class BlobDownloadOptions
{
    /// <summary>By default the whole blob.</summary>
    public HttpRange Range { get; set; }

    public BlobRequestConditions? Conditions { get; set; }
}

/// <summary>A download in progress.</summary>
public sealed class BlobDownloadStreamingResult(Stream content, BlobProperties details) : IDisposable
{
    public Stream Content { get; } = content;

    /// <summary><see cref="BlobProperties.ContentLength"/> is that of the range.</summary>
    public BlobProperties Details { get; } = details;

    public void Dispose() => Content.Dispose();
}
