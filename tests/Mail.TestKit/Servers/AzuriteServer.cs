using System.Net.Sockets;

namespace Mail.TestKit.Servers;

/// <summary>Azurite, the emulator of Azure Blob Storage.</summary>
public sealed class AzuriteServer : TestServer
{
    public const string AccountName = "devstoreaccount1";
    public const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly Lazy<Task<AzuriteServer>> Shared = new(StartAsync);

    private AzuriteServer() : base("run-azurite")
    {
    }

    public Uri Endpoint => new($"http://127.0.0.1:{Port}/{AccountName}");

    public override string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={AccountName};AccountKey={AccountKey};BlobEndpoint={Endpoint};";

    /// <summary>The one for all tests of this process. It is never stopped: a test that stops its server starts its own.</summary>
    public static Task<AzuriteServer> SharedAsync() => Shared.Value;

    public static async Task<AzuriteServer> StartAsync()
    {
        var server = new AzuriteServer();
        await server.StartAgainAsync();
        return server;
    }

    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port, cancellationToken);
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), cancellationToken);
            return await client.GetStream().ReadAsync(new byte[16], cancellationToken) > 0;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return false;
        }
    }
}
