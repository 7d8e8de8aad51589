using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Mail.Integrations.Blobs;

namespace Azure.Storage.Blobs;

/// <summary>One blob.</summary>
public sealed partial class BlobClient
{
    private readonly BlobRequests _requests;

    internal BlobClient(BlobRequests requests, string container, string name)
    {
        _requests = requests;
        BlobContainerName = container;
        Name = name;
        Uri = requests.AddressOf(container, name);
    }

    public string BlobContainerName { get; }
    public string Name { get; }
    public Uri Uri { get; }

    /// <summary>The client has the account's key.</summary>
    public bool CanGenerateSasUri => _requests.Key is not null;

    public Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default) =>
        _requests.MeasureAsync("exists", async () =>
        {
            using var message = _requests.Create(RequestMethod.Head, Uri);
            var response = await _requests.SendAsync(message, cancellationToken, 404);
            return Response.FromValue(response.Status == 200, response);
        });

    /// <exception cref="RequestFailedException">404 when there is no such blob.</exception>
    public Task<Response<BlobProperties>> GetPropertiesAsync(CancellationToken cancellationToken = default) =>
        _requests.MeasureAsync("properties", async () =>
        {
            using var message = _requests.Create(RequestMethod.Head, Uri);
            var response = await _requests.SendAsync(message, cancellationToken);
            return Response.FromValue(BlobProperties.From(response), response);
        });

    public Task<Response<bool>> DeleteIfExistsAsync(CancellationToken cancellationToken = default) =>
        _requests.MeasureAsync("delete", async () =>
        {
            using var message = _requests.Create(RequestMethod.Delete, Uri);
            var response = await _requests.SendAsync(message, cancellationToken, 404);
            return Response.FromValue(response.Status == 202, response);
        });

    /// <summary>The bytes as they arrive; dispose the stream. A connection that breaks on the way is resumed where it broke.</summary>
    /// <exception cref="RequestFailedException">404: no such blob; 412: conditions not met; 416: beyond its end.</exception>
    public Task<Response<BlobDownloadStreamingResult>> DownloadStreamingAsync(
        BlobDownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        _requests.MeasureAsync("download", async () =>
        {
            var range = options?.Range ?? default;
            var (response, content) = await OpenAsync(range, options?.Conditions, cancellationToken);
            var properties = BlobProperties.From(response);
            var stream = new ResumingStream(content, range.Offset, properties.ContentLength, (rest, token) => ResumeAsync(rest, properties.ETag, token));
            return Response.FromValue(new BlobDownloadStreamingResult(stream, properties), response);
        });

    /// <summary>An address that reads (or does what the permissions say) until the time given, signed with the account's key.</summary>
    /// <exception cref="InvalidOperationException">The client has no account key.</exception>
    public Uri GenerateSasUri(BlobSasPermissions permissions, DateTimeOffset expiresOn) =>
        GenerateSasUri(new BlobSasBuilder(permissions, expiresOn));

    public Uri GenerateSasUri(BlobSasBuilder builder)
    {
        var key = _requests.Key ?? throw new InvalidOperationException("A shared access signature needs the account's key.");
        return new UriBuilder(Uri) { Query = builder.Sign(key, BlobContainerName, Name, Uri.Scheme) }.Uri;
    }

    private async Task<Stream> ResumeAsync(HttpRange rest, ETag etag, CancellationToken cancellationToken)
    {
        var (_, content) = await OpenAsync(rest, new BlobRequestConditions { IfMatch = etag }, cancellationToken);
        return content;
    }

    private async Task<(Response Response, Stream Content)> OpenAsync(
        HttpRange range, BlobRequestConditions? conditions, CancellationToken cancellationToken)
    {
        using var message = _requests.Create(RequestMethod.Get, Uri);
        message.BufferResponse = false;
        if (range != default) message.Request.Headers.SetValue("Range", range.ToString());
        conditions?.AddTo(message.Request);
        var response = await _requests.SendAsync(message, cancellationToken);
        return (response, message.ExtractResponseContent() ?? Stream.Null);
    }
}
