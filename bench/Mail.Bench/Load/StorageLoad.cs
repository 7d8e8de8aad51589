using Azure.Storage.Blobs;

namespace Mail.Bench.Load;

/// <summary>The same files to blob storage and back without the API, by the client that the API uses.</summary>
internal sealed class StorageLoad(string connectionString)
{
    private const string Kept = "kept";

    private readonly BlobContainerClient _container = new BlobServiceClient(connectionString).GetBlobContainerClient("bench");
    private int _next;

    public async Task PrepareAsync()
    {
        await _container.CreateIfNotExistsAsync();
        await UploadAsync(Kept, CancellationToken.None);
    }

    /// <summary>MB per second.</summary>
    public Task<double> PutAsync(int files, int atOnce) =>
        Rate.MeasureAsync(files, FileBytes.Megabytes, atOnce, token => UploadAsync($"file{Interlocked.Increment(ref _next)}", token));

    /// <summary>MB per second.</summary>
    public Task<double> GetAsync(int files, int atOnce) => Rate.MeasureAsync(files, FileBytes.Megabytes, atOnce, async token =>
    {
        await using var content = (await _container.GetBlobClient(Kept).DownloadStreamingAsync(cancellationToken: token)).Value.Content;
        await content.CopyToAsync(Stream.Null, token);
    });

    private async Task UploadAsync(string name, CancellationToken cancellationToken)
    {
        await using var file = new FileBytes();
        await _container.GetBlobClient(name).UploadAsync(file, overwrite: true, cancellationToken);
    }
}
