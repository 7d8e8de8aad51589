using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Mail.Inbound.Session;

internal static class ClientAddresses
{
    /// <summary>Who is connected; an IPv4 client of a listener for both families is an IPv4 client.</summary>
    public static IPAddress Of(ConnectionContext connection) => (connection.RemoteEndPoint as IPEndPoint)?.Address switch
    {
        null => IPAddress.None,
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4(),
        var address => address,
    };

    /// <summary>Under what a client is counted. A subscriber of IPv6 has a whole /64 (RFC 6177 §2): its single addresses say nothing.</summary>
    public static IPAddress NetworkOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var octets = address.GetAddressBytes();
        octets.AsSpan(8).Clear();
        return new IPAddress(octets);
    }
}
