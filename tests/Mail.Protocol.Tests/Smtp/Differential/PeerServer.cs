using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Mail.Protocol.Tests.Smtp.Differential;

/// <summary>A message as an independent server understood it.</summary>
internal sealed record PeerMessage(string From, string[] To, string[] Options, byte[] Content, bool Tls, string? Login);

/// <summary>An SMTP server in another language, run as a process that speaks JSON lines.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _pem;

    private PeerServer(Process process, string pem, int port)
    {
        _process = process;
        _pem = pem;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint EndPoint { get; }

    public static Task<PeerServer> StartAsync(string name, X509Certificate2 certificate) => name switch
    {
        // Debian's interpreter: python3-aiosmtpd is installed there.
        "aiosmtpd" => StartAsync("/usr/bin/python3", "aiosmtpd_server.py", certificate, "apt-get install python3-aiosmtpd"),
        "smtp-server" => StartAsync("node", "smtp-server.js", certificate, "npm ci in tests/tools"),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    public async Task<PeerMessage> NextMessageAsync(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        return JsonSerializer.Deserialize<PeerMessage>(line!, JsonSerializerOptions.Web)!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_pem);
    }

    private static async Task<PeerServer> StartAsync(string program, string script, X509Certificate2 certificate, string remedy)
    {
        var pem = Path.GetTempFileName();
        using var key = certificate.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(pem, key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem() + "\n");
        var start = new ProcessStartInfo(program, [Path.Combine(Folder(), "Peers", script), pem])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_PATH"] = Path.GetFullPath(Path.Combine(Folder(), "../../../tools/node_modules"));
        var process = Process.Start(start)!;
        var port = await process.StandardOutput.ReadLineAsync();
        if (port is null)
            throw new InvalidOperationException($"{script} did not start; it needs: {remedy}.");
        return new PeerServer(process, pem, int.Parse(port, null));
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
