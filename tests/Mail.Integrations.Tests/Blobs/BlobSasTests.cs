using System.Net;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Mail.TestKit.Servers;

namespace Mail.Integrations.Tests.Blobs;

public sealed class BlobSasTests : IAsyncLifetime
{
    private static readonly HttpClient Http = new();
    private BlobClient _blob = null!;

    public async Task InitializeAsync()
    {
        var box = new BlobServiceClient((await AzuriteServer.SharedAsync()).ConnectionString).GetBlobContainerClient("sas");
        await box.CreateIfNotExistsAsync();
        _blob = box.GetBlobClient("a folder/grüße.txt");
        await _blob.UploadAsync(BinaryData.FromString("hello"), overwrite: true);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_signed_address_reads_without_a_key()
    {
        var address = _blob.GenerateSasUri(BlobSasPermissions.Read, DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.Equal("hello", await Http.GetStringAsync(address));
    }

    [Fact]
    public async Task A_signed_address_says_how_the_answer_describes_itself()
    {
        var address = _blob.GenerateSasUri(new BlobSasBuilder(BlobSasPermissions.Read, DateTimeOffset.UtcNow.AddMinutes(5))
        {
            ContentDisposition = "attachment; filename=\"a b.txt\"",
            ContentType = "application/octet-stream",
        });
        using var answer = await Http.GetAsync(address);
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("a b.txt", answer.Content.Headers.ContentDisposition!.FileName);
    }

    [Fact]
    public async Task It_ends_at_its_time()
    {
        var address = _blob.GenerateSasUri(BlobSasPermissions.Read, DateTimeOffset.UtcNow.AddSeconds(-1));
        Assert.Equal(HttpStatusCode.Forbidden, (await Http.GetAsync(address)).StatusCode);
    }

    [Fact]
    public async Task It_allows_only_what_it_says()
    {
        var address = _blob.GenerateSasUri(BlobSasPermissions.Read, DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.Equal(HttpStatusCode.Forbidden, (await Http.DeleteAsync(address)).StatusCode);
        var other = new UriBuilder(address) { Path = address.AbsolutePath + "x" }.Uri;
        Assert.Equal(HttpStatusCode.Forbidden, (await Http.GetAsync(other)).StatusCode);
    }

    [Fact]
    public void Only_a_client_with_the_key_can_sign()
    {
        var keyless = new BlobServiceClient(new Uri("https://acc.blob.core.windows.net"), DelegatedTokenCredential.Create((_, _) => default(AccessToken)))
            .GetBlobContainerClient("a").GetBlobClient("b");
        Assert.False(keyless.CanGenerateSasUri);
        Assert.Throws<InvalidOperationException>(() => keyless.GenerateSasUri(BlobSasPermissions.Read, DateTimeOffset.UtcNow));
    }
}
