using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Protocol.Dns;

/// <summary>The name that holds the PTR records of an address.</summary>
public static class ReverseName
{
    /// <summary><c>4.3.2.1.in-addr.arpa</c> (RFC 1035 §3.5) or 32 nibbles under <c>ip6.arpa</c> (RFC 3596 §2.5). IPv4-mapped IPv6 counts as IPv4.</summary>
    public static string Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return string.Create(CultureInfo.InvariantCulture, $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}.in-addr.arpa");

        var name = new StringBuilder(72);
        for (var i = bytes.Length - 1; i >= 0; i--)
            name.Append(HexDigit(bytes[i] & 15)).Append('.').Append(HexDigit(bytes[i] >> 4)).Append('.');
        return name.Append("ip6.arpa").ToString();
    }

    private static char HexDigit(int nibble) => "0123456789abcdef"[nibble];
}
