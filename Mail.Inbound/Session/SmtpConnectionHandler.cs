using System.Collections.Concurrent;
using System.Net;
using Mail.Inbound.Bodies;
using Mail.Protocol.Smtp;
using Microsoft.AspNetCore.Connections;

namespace Mail.Inbound.Session;

/// <summary>Where Kestrel hands over a connection: admits it, runs its session, and turns what breaks into one log line.</summary>
internal sealed partial class SmtpConnectionHandler(
    SmtpServer server, VerbHandlers handlers, BodyStorage bodies, IHostApplicationLifetime lifetime, ILogger<SmtpConnectionHandler> logger)
{
    // Balancers send their header at once.
    private static readonly TimeSpan ProxyTimeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private int _sessions;

    public async Task ServeAsync(ConnectionContext connection, SmtpServiceKind kind)
    {
        InboundTelemetry.Sessions.Add(1);
        try
        {
            if (Interlocked.Increment(ref _sessions) > server.Options.MaxSessions)
                await RefuseAsync(connection, server.Service(kind));
            else if (await ClientOfAsync(connection) is { } client)
                await AdmitAsync(connection, client, server.Service(kind));
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
        }
    }

    // Null when a balancer does not say for whom it connects.
    private async Task<IPAddress?> ClientOfAsync(ConnectionContext connection)
    {
        var peer = ClientAddresses.Of(connection);
        if (!server.Proxies.Any(network => network.Contains(peer)))
            return peer;
        using var limit = new CancellationTokenSource(ProxyTimeout, server.Clock);
        var client = await ProxyHeader.ReadAsync(connection.Transport.Input, peer, limit.Token);
        if (client is null)
            Log.NoProxyHeader(logger, peer);
        return client;
    }

    private async Task AdmitAsync(ConnectionContext connection, IPAddress client, SmtpService service)
    {
        var network = ClientAddresses.NetworkOf(client);
        try
        {
            var count = _perAddress.AddOrUpdate(network, 1, static (_, count) => count + 1);
            if (count > server.Options.MaxSessionsPerAddress && !IPAddress.IsLoopback(client))
                await RefuseAsync(connection, service);
            else
                await RunAsync(connection, client, service);
        }
        finally
        {
            Leave(network);
        }
    }

    private async Task RunAsync(ConnectionContext connection, IPAddress client, SmtpService service)
    {
        await using var session = new SmtpSession(connection, client, server, service, handlers, bodies.CreateWriter());
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

    private void Leave(IPAddress network)
    {
        // Not kept at zero: addresses come and go without end.
        while (_perAddress.TryGetValue(network, out var count))
        {
            if (count > 1 ? _perAddress.TryUpdate(network, count - 1, count) : _perAddress.TryRemove(KeyValuePair.Create(network, count)))
                return;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "SMTP connection {ConnectionId} ended: {Reason}")]
        public static partial void SessionDisconnected(ILogger logger, string connectionId, string reason);

        [LoggerMessage(LogLevel.Warning, "{Peer} is configured as a balancer and sent no PROXY header; its connection was closed")]
        public static partial void NoProxyHeader(ILogger logger, IPAddress peer);

        [LoggerMessage(LogLevel.Error, "SMTP connection {ConnectionId} failed")]
        public static partial void SessionFailed(ILogger logger, string connectionId, Exception error);
    }
}
