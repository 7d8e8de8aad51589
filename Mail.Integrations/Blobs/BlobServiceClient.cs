using Azure.Core;
using Mail.Integrations.Blobs;

namespace Azure.Storage.Blobs;

/// <summary>A storage account's blobs. Safe for any number of callers at once.</summary>
public sealed class BlobServiceClient
{
    private readonly BlobRequests _requests;

    /// <exception cref="FormatException">Names what is wrong with the connection string.</exception>
    public BlobServiceClient(string connectionString, BlobClientOptions? options = null)
        : this(BlobConnectionString.Parse(connectionString), null, options ?? new BlobClientOptions())
    {
    }

    public BlobServiceClient(Uri serviceUri, StorageSharedKeyCredential credential, BlobClientOptions? options = null)
        : this(new BlobConnectionString(serviceUri, credential, null), null, options ?? new BlobClientOptions())
    {
    }

    public BlobServiceClient(Uri serviceUri, TokenCredential credential, BlobClientOptions? options = null)
        : this(new BlobConnectionString(serviceUri, null, null), credential, options ?? new BlobClientOptions())
    {
    }

    internal BlobServiceClient(BlobConnectionString connection, TokenCredential? tokens, BlobClientOptions options) =>
        _requests = new BlobRequests(connection.Endpoint, options, connection.Key, tokens, connection.Sas);

    public Uri Uri => _requests.Endpoint;

    public BlobContainerClient GetBlobContainerClient(string blobContainerName) => new(_requests, blobContainerName);

    /// <summary>Asks the service for one container's name: it is reachable and knows us.</summary>
    internal Task ProbeAsync(CancellationToken cancellationToken)
    {
        var message = _requests.Create(RequestMethod.Get, Uri, ("comp", "list"), ("maxresults", "1"));
        return _requests.SendAsync(message, cancellationToken);
    }
}
