using System.Net;
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
}
