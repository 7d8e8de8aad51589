using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Mail.TestKit.Servers;

namespace Mail.Integrations.Tests.Blobs;

public sealed class BlobClientTests : IAsyncLifetime
{
    private static int _containers;
    private BlobContainerClient _box = null!;

    public async Task InitializeAsync()
    {
        var service = new BlobServiceClient((await AzuriteServer.SharedAsync()).ConnectionString);
        _box = service.GetBlobContainerClient($"box-{Interlocked.Increment(ref _containers)}");
        await _box.CreateIfNotExistsAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_container_is_created_once()
    {
        Assert.False((await _box.CreateIfNotExistsAsync()).Value);
        Assert.True((await _box.ExistsAsync()).Value);
        Assert.True((await _box.DeleteIfExistsAsync()).Value);
        Assert.False((await _box.ExistsAsync()).Value);
        Assert.False((await _box.DeleteIfExistsAsync()).Value);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a/b/c d.txt")]
    [InlineData("grüße+&=?#%25.eml")]
    public async Task What_is_uploaded_is_downloaded(string name)
    {
        var blob = _box.GetBlobClient(name);
        Assert.False((await blob.ExistsAsync()).Value);
        await blob.UploadAsync(BinaryData.FromString("hello"));
        Assert.True((await blob.ExistsAsync()).Value);
        Assert.Equal("hello", await ReadAsync(blob));
        Assert.Contains(name, await NamesAsync(null));
        Assert.True((await blob.DeleteIfExistsAsync()).Value);
        Assert.False((await blob.DeleteIfExistsAsync()).Value);
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        var blob = _box.GetBlobClient("empty");
        await blob.UploadAsync(new MemoryStream());
        Assert.Equal(0, (await blob.GetPropertiesAsync()).Value.ContentLength);
        Assert.Equal("", await ReadAsync(blob));
    }

    [Fact]
    public async Task Without_overwrite_the_first_upload_stays()
    {
        var blob = _box.GetBlobClient("first");
        await blob.UploadAsync(BinaryData.FromString("one"));
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => blob.UploadAsync(BinaryData.FromString("two")));
        Assert.Equal((409, "BlobAlreadyExists"), (refused.Status, refused.ErrorCode));
        Assert.Equal("one", await ReadAsync(blob));
        await blob.UploadAsync(BinaryData.FromString("three"), overwrite: true);
        Assert.Equal("three", await ReadAsync(blob));
    }

    [Fact]
    public async Task A_range_is_read_alone()
    {
        var blob = _box.GetBlobClient("range");
        await blob.UploadAsync(BinaryData.FromString("0123456789"));
        Assert.Equal("345", await ReadAsync(blob, new BlobDownloadOptions { Range = new HttpRange(3, 3) }));
        Assert.Equal("789", await ReadAsync(blob, new BlobDownloadOptions { Range = new HttpRange(7) }));
        var beyond = await Assert.ThrowsAsync<RequestFailedException>(() => blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(100) }));
        Assert.Equal(416, beyond.Status);
    }

    [Fact]
    public async Task Headers_and_metadata_come_back()
    {
        var blob = _box.GetBlobClient("described");
        await blob.UploadAsync(new MemoryStream("x"u8.ToArray()), new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = "message/rfc822", ContentDisposition = "attachment" },
            Metadata = new Dictionary<string, string> { ["origin"] = "test" },
        });
        var properties = (await blob.GetPropertiesAsync()).Value;
        Assert.Equal(("message/rfc822", "attachment", "test"), (properties.ContentType, properties.ContentDisposition, properties.Metadata["origin"]));
        Assert.NotNull(properties.LastModified);
    }

    [Fact]
    public async Task A_missing_blob_is_told_by_name()
    {
        var missing = await Assert.ThrowsAsync<RequestFailedException>(() => _box.GetBlobClient("missing").DownloadStreamingAsync());
        Assert.Equal((404, "BlobNotFound"), (missing.Status, missing.ErrorCode));
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        var server = await AzuriteServer.SharedAsync();
        var wrong = new BlobServiceClient(server.ConnectionString.Replace("Eby8", "AAAA", StringComparison.Ordinal));
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => wrong.GetBlobContainerClient(_box.Name).ExistsAsync());
        Assert.Equal(403, refused.Status);
    }

    [Fact]
    public async Task A_listing_is_read_page_by_page_and_by_prefix()
    {
        for (var i = 0; i < 25; i++) await _box.GetBlobClient($"page/{i:D2}").UploadAsync(BinaryData.FromString("x"));
        await _box.GetBlobClient("other").UploadAsync(BinaryData.FromString("x"));
        var pages = new List<int>();
        await foreach (var page in _box.GetBlobsAsync("page/").AsPages(pageSizeHint: 10)) pages.Add(page.Values.Count);
        Assert.Equal([10, 10, 5], pages);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"page/{i:D2}"), await NamesAsync("page/"));
    }

    private async Task<List<string>> NamesAsync(string? prefix)
    {
        var names = new List<string>();
        await foreach (var item in _box.GetBlobsAsync(prefix)) names.Add(item.Name);
        return names;
    }

    private static async Task<string> ReadAsync(BlobClient blob, BlobDownloadOptions? options = null)
    {
        using var download = (await blob.DownloadStreamingAsync(options)).Value;
        using var reader = new StreamReader(download.Content, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
