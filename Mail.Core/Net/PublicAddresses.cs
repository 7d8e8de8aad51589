using System.Net;
using System.Net.Sockets;

namespace Mail.Core.Net;

/// <summary>Which addresses belong to the public Internet: the rest must not be contacted because a stranger's DNS says so.</summary>
public static class PublicAddresses
{
    // RFC 6890 and its registry: everything that is not globally reachable, and multicast.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    // RFC 4291 §2.4: global unicast is 2000::/3, less what its registry sets aside (Teredo, ORCHID, 6to4, documentation).
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] SpecialInGlobal =
        [IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20")];

    public static bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? !Array.Exists(Special, network => network.Contains(address))
            : GlobalUnicast.Contains(address) && !Array.Exists(SpecialInGlobal, network => network.Contains(address));
    }
}
