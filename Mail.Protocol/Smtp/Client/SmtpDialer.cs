using System.Net;
using System.Net.Sockets;

namespace Mail.Protocol.Smtp;

/// <summary>Opens the TCP connection.</summary>
internal static class SmtpDialer
{
    public static async Task<(Socket? Socket, SmtpFailure? Failure)> DialAsync(
        EndPoint endPoint, SmtpClientOptions options, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Timeouts.Connect, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        // For a name, a socket that can do both families.
        var socket = endPoint is IPEndPoint address
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true; // each flush is a whole group of commands
            if (options.LocalAddress is { } local)
                socket.Bind(new IPEndPoint(local, 0));
            await socket.ConnectAsync(endPoint, either.Token);
            return (socket, null);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return (null, Failure(exception, cancellationToken));
        }
    }

    private static SmtpFailure Failure(Exception exception, CancellationToken cancellationToken)
    {
        var cause = exception switch
        {
            OperationCanceledException when cancellationToken.IsCancellationRequested => SmtpCause.Cancelled,
            OperationCanceledException => SmtpCause.Timeout,
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => SmtpCause.ConnectionRefused,
            SocketException { SocketErrorCode: SocketError.TimedOut } => SmtpCause.Timeout,
            SocketException { SocketErrorCode: SocketError.ConnectionReset } => SmtpCause.ConnectionLost,
            _ => SmtpCause.Unreachable,
        };
        return new SmtpFailure(SmtpStage.Connect, cause, Detail: exception.Message);
    }
}
