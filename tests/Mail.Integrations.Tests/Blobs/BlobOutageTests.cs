using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Storage.Blobs;
using Mail.TestKit.Servers;

namespace Mail.Integrations.Tests.Blobs;

public sealed class BlobOutageTests
{
    [Fact]
    public async Task A_server_that_is_away_fails_in_bounded_time_and_is_used_again_when_it_is_back()
    {
        await using var server = await AzuriteServer.StartAsync();
        var box = new BlobServiceClient(server.ConnectionString, Impatient()).GetBlobContainerClient("box");
        await box.CreateIfNotExistsAsync();
        await box.GetBlobClient("kept").UploadAsync(BinaryData.FromString("x"), overwrite: true);
        await server.StopAsync();
        await AssertNoAnswerAsync(box);
        await server.StartAgainAsync();
        Assert.True((await box.GetBlobClient("kept").ExistsAsync()).Value);
    }

    [Fact]
    public async Task A_server_that_accepts_and_never_answers_times_out()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        var service = new BlobServiceClient($"AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:{port}/a", Impatient());
        await AssertNoAnswerAsync(service.GetBlobContainerClient("box"));
    }

    [Fact]
    public async Task A_server_that_restarts_during_a_request_is_asked_again()
    {
        await using var server = await AzuriteServer.StartAsync();
        var patient = new BlobClientOptions();
        patient.Retry.MaxRetries = 20;
        patient.Retry.NetworkTimeout = TimeSpan.FromSeconds(2);
        var box = new BlobServiceClient(server.ConnectionString, patient).GetBlobContainerClient("box");
        await box.CreateIfNotExistsAsync();
        await server.StopAsync();
        var upload = box.GetBlobClient("late").UploadAsync(BinaryData.FromString("x"), overwrite: true);
        await server.StartAgainAsync();
        await upload;
        Assert.True((await box.GetBlobClient("late").ExistsAsync()).Value);
    }

    [Fact]
    public async Task A_download_that_breaks_goes_on_where_it_broke()
    {
        var content = Enumerable.Range(0, 200).Select(i => (byte)i).ToArray();
        using var breaking = new BreakingServer(content, breakAfter: 50);
        var blob = new BlobServiceClient($"AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:{breaking.Port}/a", Impatient())
            .GetBlobContainerClient("box").GetBlobClient("x");
        using var download = (await blob.DownloadStreamingAsync()).Value;
        using var copy = new MemoryStream();
        await download.Content.CopyToAsync(copy);
        Assert.Equal(content, copy.ToArray());
        Assert.Equal(["", "bytes=50-199", "bytes=100-199", "bytes=150-199"], breaking.Ranges);
    }

    private static BlobClientOptions Impatient()
    {
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(10);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(3);
        return options;
    }

    private static async Task AssertNoAnswerAsync(BlobContainerClient box)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => box.ExistsAsync());
        Assert.Equal(0, failure.Status);
        Assert.InRange(Stopwatch.GetElapsedTime(startedAt), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }
}
