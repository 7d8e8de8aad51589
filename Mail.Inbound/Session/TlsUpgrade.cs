using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace Mail.Inbound.Session;

/// <summary>The server's half of STARTTLS (RFC 3207) over the pipes of a connection.</summary>
internal static class TlsUpgrade
{
    /// <summary>The encrypted pipes, or null when the handshake failed; the connection is of no more use then.</summary>
    public static async Task<TlsPipe?> AcceptAsync(
        IDuplexPipe transport, SslStreamCertificateContext certificate, CancellationToken cancellationToken)
    {
        var tls = new SslStream(new DuplexStream(transport.Input.AsStream(leaveOpen: true), transport.Output.AsStream(leaveOpen: true)));
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate,
                    // RFC 8996: TLS 1.0 and 1.1 must not be used.
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                },
                cancellationToken);
            return new TlsPipe(tls);
        }
        catch (Exception error) when (error is AuthenticationException or IOException or OperationCanceledException)
        {
            await tls.DisposeAsync();
            return null;
        }
    }
}

/// <summary>The pipes of an encrypted connection.</summary>
internal sealed class TlsPipe(SslStream stream) : IDuplexPipe, IAsyncDisposable
{
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

    /// <summary>Says that nothing more comes (RFC 8446 §6.1), so that the client can tell an end from a cut.</summary>
    public Task ShutdownAsync() => stream.ShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await Input.CompleteAsync();
        // With an error, so that nothing more is sent: what had to be said has been flushed.
        await Output.CompleteAsync(new IOException("The session is over."));
        await stream.DisposeAsync();
    }
}
