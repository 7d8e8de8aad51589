using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mail.Worker.Tests.Tls;

/// <summary>An HTTPS host on loopback that answers every request with the same octets.</summary>
internal sealed class PolicyServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;
    private readonly ConcurrentQueue<byte[]> _bodies = new();
    private int _requests;

    private PolicyServer(X509Certificate2 certificate)
    {
        Certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public X509Certificate2 Certificate { get; set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Of every request, in order.</summary>
    public IReadOnlyList<byte[]> Bodies => [.. _bodies];

    public byte[] Answer { get; set; } = Http("404 Not Found", "", "");

    /// <summary>Answers and leaves the connection open, as if more were to come.</summary>
    public bool Hangs { get; set; }

    public static PolicyServer Start(X509Certificate2 certificate) => new(certificate);

    public static byte[] Policy(string text, string type = "text/plain") => Http("200 OK", $"Content-Type: {type}\r\n", text);

    public static byte[] Http(string status, string headers, string body) =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The server is being disposed.
        }
    }

    // One octet is one character, so that a body of any octets can be read behind the lines. Null: no request came.
    private async Task<byte[]?> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        if (await reader.ReadLineAsync(_stop.Token) is null)
            return null;
        var length = 0;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture);
        }
        var body = new char[length];
        // Asked for nothing, the reader would wait for something.
        if (length > 0)
            await reader.ReadBlockAsync(body, _stop.Token);
        return Encoding.Latin1.GetBytes(body);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stop.Token);
                if (await ReadAsync(tls) is not { } body)
                    return;
                _bodies.Enqueue(body);
                Interlocked.Increment(ref _requests);
                await tls.WriteAsync(Answer, _stop.Token);
                if (Hangs)
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or AuthenticationException)
            {
                // The client went away, or did not like the certificate: tests provoke it.
            }
        }
    }
}
