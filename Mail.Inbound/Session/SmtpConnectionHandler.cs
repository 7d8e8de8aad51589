using System.Collections.Concurrent;
using System.Net;
using Mail.Protocol.Smtp;
using Microsoft.AspNetCore.Connections;

namespace Mail.Inbound.Session;

/// <summary>Where Kestrel hands over a connection: admits it, runs its session, and turns what breaks into one log line.</summary>
internal sealed partial class SmtpConnectionHandler(SmtpServer server, IHostApplicationLifetime lifetime, ILogger<SmtpConnectionHandler> logger)
    : ConnectionHandler
{
    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private int _sessions;

    public override Task OnConnectedAsync(ConnectionContext connection) => ServeAsync(connection, SmtpServiceKind.Exchange);

    public async Task ServeAsync(ConnectionContext connection, SmtpServiceKind kind)
    {
        var address = ClientAddresses.Of(connection);
        InboundTelemetry.Sessions.Add(1);
        try
        {
            var perAddress = _perAddress.AddOrUpdate(address, 1, static (_, count) => count + 1);
            if (Interlocked.Increment(ref _sessions) > server.Options.MaxSessions
                || (perAddress > server.Options.MaxSessionsPerAddress && !IPAddress.IsLoopback(address)))
                await RefuseAsync(connection, server.Service(kind));
            else
                await RunAsync(connection, server.Service(kind));
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The client is gone, or we are: nothing is left to be said.
            Log.SessionDisconnected(logger, connection.ConnectionId, error.Message);
        }
        finally
        {
            InboundTelemetry.Sessions.Add(-1);
            Interlocked.Decrement(ref _sessions);
            Leave(address);
        }
    }

    private async Task RunAsync(ConnectionContext connection, SmtpService service)
    {
        await using var session = new SmtpSession(connection, server, service);
        try
        {
            await session.RunAsync(lifetime.ApplicationStopping);
        }
        catch (Exception error) when (error is not (IOException or OperationCanceledException))
        {
            Log.SessionFailed(logger, connection.ConnectionId, error);
            await session.FailAsync();
        }
    }

    private static async Task RefuseAsync(ConnectionContext connection, SmtpService service)
    {
        // Who expects TLS could not read it.
        if (service.IsTlsFirst)
            return;
        SmtpReplies.TooManyConnections.WriteTo(connection.Transport.Output);
        await connection.Transport.Output.FlushAsync();
    }

    private void Leave(IPAddress address)
    {
        // Not kept at zero: addresses come and go without end.
        while (_perAddress.TryGetValue(address, out var count))
        {
            if (count > 1 ? _perAddress.TryUpdate(address, count - 1, count) : _perAddress.TryRemove(KeyValuePair.Create(address, count)))
                return;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "SMTP connection {ConnectionId} ended: {Reason}")]
        public static partial void SessionDisconnected(ILogger logger, string connectionId, string reason);

        [LoggerMessage(LogLevel.Error, "SMTP connection {ConnectionId} failed")]
        public static partial void SessionFailed(ILogger logger, string connectionId, Exception error);
    }
}
