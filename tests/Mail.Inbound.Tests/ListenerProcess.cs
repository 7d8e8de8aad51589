using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Mail.Inbound.Session;
using Mail.TestKit.Servers;

namespace Mail.Inbound.Tests;

/// <summary>The listener as a process of its own, which can be killed.</summary>
internal sealed partial class ListenerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly IPEndPoint[] _endPoints = new IPEndPoint[3];
    // Read, so that the process never waits for us.
    private Task _output = Task.CompletedTask;

    private ListenerProcess(Process process) => _process = process;

    /// <param name="settings">Environment variables beside those every listener has.</param>
    public static async Task<ListenerProcess> StartAsync(string database, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(InboundOptions).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["ConnectionStrings__maildb"] = database,
                ["ConnectionStrings__blobs"] =
                    $"DefaultEndpointsProtocol=http;AccountName={AzuriteServer.AccountName};AccountKey={AzuriteServer.AccountKey};BlobEndpoint=http://127.0.0.1:1/x;",
                ["Mail__Secrets__MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Mail__Host__Name"] = InboundHost.HostName,
                ["Mail__Host__BounceDomain"] = InboundHost.BounceDomain,
                ["Mail__Inbound__Address"] = "127.0.0.1",
                ["Mail__Inbound__Port"] = "0",
                ["Mail__Submission__Port"] = "0",
                ["Mail__Submission__TlsPort"] = "0",
                ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
                ["Logging__Console__FormatterName"] = "simple",
            },
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        foreach (var (key, value) in settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var listener = new ListenerProcess(Process.Start(start)!);
        try
        {
            // The HTTP endpoint is bound first, those for SMTP behind it.
            await listener.NextPortAsync();
            for (var i = 0; i < listener._endPoints.Length; i++)
                listener._endPoints[i] = new IPEndPoint(IPAddress.Loopback, await listener.NextPortAsync());
            listener._output = listener._process.StandardOutput.ReadToEndAsync();
            return listener;
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    public async Task<Stream> ConnectAsync(SmtpServiceKind kind = SmtpServiceKind.Exchange)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_endPoints[(int)kind]);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Bytes of memory that the process holds right now.</summary>
    public long Memory()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>The most bytes of memory that it has held.</summary>
    public long PeakMemory()
    {
        _process.Refresh();
        return _process.PeakWorkingSet64;
    }

    /// <summary>SIGKILL. Returns when it is dead.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
    }

    private async Task<int> NextPortAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit) is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
                return int.Parse(match.Groups[1].ValueSpan, null);
        }
        throw new InvalidOperationException("The listener ended before it listened.");
    }

    [GeneratedRegex(@"Now listening on: http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
