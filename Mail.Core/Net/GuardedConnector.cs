using System.Net;
using System.Net.Sockets;
using Mail.Core.Webhooks;
using Mail.Protocol.Dns;

namespace Mail.Core.Net;

/// <summary>
/// Connects to hosts that strangers name. The address that was checked is the one that is connected to: a name that
/// answers differently the second time (DNS rebinding) is not asked a second time.
/// </summary>
public sealed class GuardedConnector(IDnsResolver resolver, AddressPolicy policy)
{
    // A name with dozens of dead addresses must not use up the time of an attempt one by one.
    private const int MaxAddresses = 4;

    /// <exception cref="RefusedConnectionException">There is no address that may be connected to.</exception>
    /// <exception cref="SocketException">The connection failed.</exception>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(host, cancellationToken);
        if (addresses.Count == 0)
            throw new RefusedConnectionException($"{host} has no address.", isUnknown: true);
        var allowed = addresses.Where(policy.Allows).Take(MaxAddresses).ToList();
        if (allowed.Count == 0)
            throw new RefusedConnectionException($"{host} is not at a public address.");
        return await ConnectToOneAsync(allowed, port, cancellationToken);
    }

    private async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (WebhookUrl.TryReadLiteral(host, out var literal))
            return [literal];
        if (WebhookUrl.LooksNumeric(host))
            throw new RefusedConnectionException($"{host} is no host name.");
        // RFC 6761 §6.3: localhost is not asked for.
        var name = host.TrimEnd('.');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        var (four, six) = (resolver.ResolveAAsync(host, cancellationToken), resolver.ResolveAaaaAsync(host, cancellationToken));
        return [.. (await four).Records, .. (await six).Records];
    }

    private static async Task<Stream> ConnectToOneAsync(List<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < addresses.Count)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}

/// <summary>Raised out of connection callbacks, where a value cannot come back.</summary>
public sealed class RefusedConnectionException(string message, bool isUnknown = false) : Exception(message)
{
    /// <summary>The name has no address; else it has none that may be connected to.</summary>
    public bool IsUnknown => isUnknown;
}
