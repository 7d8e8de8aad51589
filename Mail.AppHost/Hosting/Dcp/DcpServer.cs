using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>
/// The orchestrator's API server. It watches this process and ends everything it started, and itself, when this process
/// is gone, however it went.
/// </summary>
internal sealed partial class DcpServer(HostingSettings settings, TimeProvider time, ILogger<DcpServer> logger) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private string? _session;
    private HttpClient? _http;

    public HttpClient Http => _http ?? throw new InvalidOperationException("The orchestrator has not been started.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var program = Path.Combine(settings.AspireDirectory, "dcp", "dcp");
        if (!File.Exists(program))
            throw new SetUpException($"The Aspire orchestrator is missing at {program}. Run 'make setup' in the repository.");
        _session = NewSession();
        var kubeconfig = Path.Combine(_session, "kubeconfig");
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = _session,
            ArgumentList =
            {
                "start-apiserver", "--monitor", Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                "--monitor-interval", "1", "--detach", "--kubeconfig", kubeconfig,
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DCP_SESSION_FOLDER"] = _session;
        start.Environment["DCP_LOG_SOCKET"] = null;
        using var process = Process.Start(start) ?? throw new SetUpException($"{program} could not be started.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ConnectAsync(kubeconfig, cancellationToken);
    }

    /// <summary>Asks the orchestrator to stop everything and to end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_http is null) return;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), time);
            await PatchExecutionAsync("""{"status":"Stopping","shutdownResourceCleanup":"Full"}""", limit.Token);
            await WaitUntilGoneAsync(limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            Log.StopUnconfirmed(logger, e.Message);
        }
        _http.Dispose();
        _http = null;
        if (Directory.Exists(_session)) Directory.Delete(_session, recursive: true);
    }

    /// <summary>A directory for this run; those of runs that were killed are removed.</summary>
    private string NewSession()
    {
        var sessions = Directory.CreateDirectory(Path.Combine(settings.StateDirectory, "run"));
        foreach (var old in sessions.EnumerateDirectories())
            if (!Directory.Exists($"/proc/{old.Name}"))
                old.Delete(recursive: true);
        var session = Path.Combine(sessions.FullName, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (Directory.Exists(session)) Directory.Delete(session, recursive: true);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(session);
        else Directory.CreateDirectory(session, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return session;
    }

    private async Task ConnectAsync(string kubeconfig, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (_http is null)
            {
                if (KubeConfig.TryRead(kubeconfig) is { } server) _http = CreateClient(server);
                else await Task.Delay(PollInterval, time, both.Token);
            }
            while (!await AnswersAsync(both.Token)) await Task.Delay(PollInterval, time, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SetUpException($"The Aspire orchestrator did not answer within {StartLimit.TotalSeconds} s.");
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Http.GetAsync(DcpObjects.Executables, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task WaitUntilGoneAsync(CancellationToken cancellationToken)
    {
        while (await AnswersAsync(cancellationToken)) await Task.Delay(PollInterval, time, cancellationToken);
    }

    private async Task PatchExecutionAsync(string json, CancellationToken cancellationToken)
    {
        using var content = DcpObjects.MergePatch(json);
        using var response = await Http.PatchAsync("admin/execution", content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static HttpClient CreateClient(KubeConfig server)
    {
        var authority = X509CertificateLoader.LoadCertificate(server.CertificateAuthority);
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                // The server's certificate must come from the authority in the kubeconfig, which only we can read.
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 leaf && IsIssuedBy(leaf, authority),
            },
            EnableMultipleHttp2Connections = true,
        };
        var client = new HttpClient(handler) { BaseAddress = server.Address, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
        return client;
    }

    private static bool IsIssuedBy(X509Certificate2 leaf, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The orchestrator did not confirm its end: {Reason}")]
        public static partial void StopUnconfirmed(ILogger logger, string reason);
    }
}

/// <summary>The three values of the file that the orchestrator writes; it is ours and small, so no YAML reader is needed.</summary>
internal sealed record KubeConfig(Uri Address, byte[] CertificateAuthority, string Token)
{
    public static KubeConfig? TryRead(string path)
    {
        if (!File.Exists(path)) return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(path))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0) values[line[..colon].Trim(' ', '-')] = line[(colon + 2)..].Trim().Trim('"');
        }
        return values.TryGetValue("server", out var server)
            && values.TryGetValue("certificate-authority-data", out var authority)
            && values.TryGetValue("token", out var token)
            ? new KubeConfig(new Uri(server.TrimEnd('/') + "/"), Convert.FromBase64String(authority), token)
            : null;
    }
}
