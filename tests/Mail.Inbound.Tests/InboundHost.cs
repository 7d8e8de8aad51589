using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mail.Core;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;
using Mail.Inbound.Session;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;
using Mail.TestKit.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using DuplexStream = Mail.Inbound.Session.DuplexStream;

namespace Mail.Inbound.Tests;

/// <summary>The listener in this process, on a free port, over a database with the demo organization.</summary>
internal sealed class InboundHost : IAsyncDisposable
{
    public const string HostName = "mx.local.test";
    public const string BounceDomain = "bounce.local.test";
    public const string SandboxDomain = "sandbox.test";

    // A well-formed connection string to where nothing listens.
    private static readonly string NoBlobs =
        $"DefaultEndpointsProtocol=http;AccountName={AzuriteServer.AccountName};AccountKey={AzuriteServer.AccountKey};"
        + $"BlobEndpoint=http://127.0.0.1:1/{AzuriteServer.AccountName};";

    private static int _connections;
    private readonly WebApplication _application;

    private InboundHost(WebApplication application) => _application = application;

    public IServiceProvider Services => _application.Services;

    public IPEndPoint EndPoint { get; private set; } = null!;

    public CancellationToken Stopping => Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    public static async Task<InboundHost> StartAsync(
        string database, string environment = "Development", TimeProvider? clock = null, IDnsResolver? resolver = null,
        params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment, ApplicationName = "Mail.Inbound" });
        var all = new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["ConnectionStrings:maildb"] = database,
            ["ConnectionStrings:blobs"] = NoBlobs,
            ["Mail:Secrets:MasterKey"] = Convert.ToBase64String(new byte[32]),
            ["Mail:Demo:ApiKey"] = ApiKeyText.Generate(SendingMode.Live).Reveal(),
            ["Mail:Host:Name"] = HostName,
            ["Mail:Host:BounceDomain"] = BounceDomain,
            ["Mail:Sandbox:Domain"] = SandboxDomain,
            ["Mail:Shutdown:DrainDelay"] = "00:00:00",
            ["Mail:Inbound:Address"] = "127.0.0.1",
            ["Mail:Inbound:Port"] = "0",
            ["Mail:Inbound:MaxMessageBytes"] = "100000",
            ["Mail:Inbound:MaxRecipients"] = "100",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        builder.Configuration.AddInMemoryCollection(all);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(options => options.SingleLine = true);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddSingleton(resolver ?? new FakeDnsResolver());
        builder.AddServiceDefaults();
        builder.AddMailCore();
        builder.AddAcceptMessages();
        if (builder.Configuration.GetConnectionString("redis") is not null)
            builder.AddRedisClient("redis");
        builder.AddSmtpListener();
        var host = new InboundHost(builder.Build());
        await host.Services.GetRequiredService<DemoSeed>().RunAsync(CancellationToken.None);
        await host._application.StartAsync();
        host.EndPoint = host.FindEndPoint(1);
        return host;
    }

    /// <summary>A connection over a socket.</summary>
    public async Task<Stream> ConnectAsync(SmtpServiceKind kind = SmtpServiceKind.Exchange)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(FindEndPoint(1 + (int)kind));
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>A connection in memory, as Kestrel would hand it over.</summary>
    public Stream Connect(EndPoint? client = null, SmtpServiceKind kind = SmtpServiceKind.Exchange) => Open(client, kind).Client;

    /// <summary>The same with its server side, which ends when the session has.</summary>
    public (Stream Client, Task Serving) Open(
        EndPoint? client = null, SmtpServiceKind kind = SmtpServiceKind.Exchange, string sent = "")
    {
        // As much as Kestrel buffers.
        var toServer = new Pipe(new PipeOptions(pauseWriterThreshold: 1024 * 1024, resumeWriterThreshold: 512 * 1024, useSynchronizationContext: false));
        var toClient = new Pipe(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024, useSynchronizationContext: false));
        toServer.Writer.Write(Encoding.ASCII.GetBytes(sent));
        if (sent.Length > 0)
            _ = toServer.Writer.FlushAsync().AsTask();
        var connection = new MemoryConnection(new Ends(toServer.Reader, toClient.Writer), Abort) { RemoteEndPoint = client };
        var serving = ServeAsync(connection, kind);
        return (new DuplexStream(toClient.Reader.AsStream(), toServer.Writer.AsStream()), serving);

        // What Kestrel's connections do: both directions end.
        void Abort()
        {
            toServer.Writer.Complete(new ConnectionAbortedException());
            toClient.Reader.Complete();
        }
    }

    public Task StopAsync() => _application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task ServeAsync(MemoryConnection connection, SmtpServiceKind kind)
    {
        connection.ConnectionId = $"memory-{Interlocked.Increment(ref _connections)}";
        await Services.GetRequiredService<SmtpConnectionHandler>().ServeAsync(connection, kind);
        await connection.Transport.Input.CompleteAsync();
        await connection.Transport.Output.CompleteAsync();
    }

    /// <summary>Where a host listens whose settings name the ports: HTTP is bound first, then SMTP, submission, submission over TLS.</summary>
    public IPEndPoint FindEndPoint(int position)
    {
        var addresses = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new IPEndPoint(IPAddress.Loopback, new Uri(addresses.ElementAt(position)).Port);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class MemoryConnection(IDuplexPipe transport, Action abort) : DefaultConnectionContext
    {
        public override IDuplexPipe Transport { get; set; } = transport;

        public override void Abort(ConnectionAbortedException abortReason) => abort();
    }
}
