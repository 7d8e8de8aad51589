using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Mail.Protocol.Tests.Smtp.Server;
using Mail.TestKit.Smtp;

namespace Mail.Protocol.Tests.Smtp.Differential;

/// <summary>The server side against clients written by others.</summary>
public sealed class SmtpServerPeerTests
{
    [Fact]
    public async Task Messages_of_smtplib_are_read_octet_for_octet()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var certificates = new TestCertificates();
        using var certificate = certificates.Issue("mx.local.test");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = Start(((IPEndPoint)listener.LocalEndPoint!).Port);
        var printed = client.StandardOutput.ReadToEndAsync(limit.Token);
        using var socket = await listener.AcceptAsync(limit.Token);
        var session = new MiniSmtpSession(
            new NetworkStream(socket), new SslServerAuthenticationOptions { ServerCertificate = certificate });
        await session.RunAsync(limit.Token);
        var meant = (await printed).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await client.WaitForExitAsync(limit.Token);
        Assert.Equal(0, client.ExitCode);
        Assert.Equal(30, meant.Length);
        Assert.Equal(meant, session.Messages.Select(message => Convert.ToBase64String(message)));
    }

    private static Process Start(int port, [CallerFilePath] string here = "")
    {
        var script = Path.Combine(Path.GetDirectoryName(here)!, "Peers", "smtplib_client.py");
        return Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, $"{port}"]) { RedirectStandardOutput = true })!;
    }
}
