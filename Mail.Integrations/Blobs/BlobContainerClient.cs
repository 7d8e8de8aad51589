using Azure.Core;
using Azure.Storage.Blobs.Models;
using Mail.Integrations.Blobs;

namespace Azure.Storage.Blobs;

/// <summary>One container and the list of its blobs.</summary>
public sealed class BlobContainerClient
{
    private readonly BlobRequests _requests;

    internal BlobContainerClient(BlobRequests requests, string name)
    {
        _requests = requests;
        Name = name;
        Uri = requests.AddressOf(name);
    }

    public string Name { get; }
    public Uri Uri { get; }

    public BlobClient GetBlobClient(string blobName) => new(_requests, Name, blobName);

    /// <summary>True when it was created, false when it was there.</summary>
    public Task<Response<bool>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) =>
        _requests.MeasureAsync("create-container", async () =>
        {
            using var message = _requests.Create(RequestMethod.Put, Uri, ("restype", "container"));
            var response = await _requests.SendAsync(message, cancellationToken, 409);
            // 409 is also ContainerBeingDeleted, which is no container to write to.
            if (response.Status == 409 && ErrorCode(response) != "ContainerAlreadyExists") throw new RequestFailedException(response);
            return Response.FromValue(response.Status == 201, response);
        });

    public Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default) =>
        _requests.MeasureAsync("container-exists", async () =>
        {
            using var message = _requests.Create(RequestMethod.Head, Uri, ("restype", "container"));
            var response = await _requests.SendAsync(message, cancellationToken, 404);
            return Response.FromValue(response.Status == 200, response);
        });

    public Task<Response<bool>> DeleteIfExistsAsync(CancellationToken cancellationToken = default) =>
        _requests.MeasureAsync("delete-container", async () =>
        {
            using var message = _requests.Create(RequestMethod.Delete, Uri, ("restype", "container"));
            var response = await _requests.SendAsync(message, cancellationToken, 404);
            return Response.FromValue(response.Status == 202, response);
        });

    /// <summary>The blobs whose names begin with the prefix, in the order of their names, read page by page.</summary>
    public AsyncPageable<BlobItem> GetBlobsAsync(string? prefix = null, CancellationToken cancellationToken = default) =>
        new BlobPages((marker, pageSize) => ListAsync(prefix, marker, pageSize, cancellationToken));

    private Task<Page<BlobItem>> ListAsync(string? prefix, string? marker, int? pageSize, CancellationToken cancellationToken) =>
        _requests.MeasureAsync("list", async () =>
        {
            List<(string, string)> query = [("restype", "container"), ("comp", "list")];
            if (!string.IsNullOrEmpty(prefix)) query.Add(("prefix", prefix));
            if (!string.IsNullOrEmpty(marker)) query.Add(("marker", marker));
            if (pageSize is { } size) query.Add(("maxresults", size.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            using var message = _requests.Create(RequestMethod.Get, Uri, [.. query]);
            return BlobPages.Read(await _requests.SendAsync(message, cancellationToken));
        });

    private static string? ErrorCode(Response response) => response.Headers.TryGetValue("x-ms-error-code", out var code) ? code : null;
}
