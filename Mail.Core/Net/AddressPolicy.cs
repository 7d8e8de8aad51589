using System.Net;

namespace Mail.Core.Net;

/// <summary>Which addresses may be contacted on a tenant's behalf: public ones, and what the operator allows besides.</summary>
public sealed class AddressPolicy(bool allowPrivate, bool allowLoopback, IReadOnlyList<IPNetwork> allowedNetworks)
{
    public static AddressPolicy PublicOnly { get; } = new(allowPrivate: false, allowLoopback: false, []);

    /// <summary>True when anything but public addresses is allowed, so that names of the local network make sense.</summary>
    public bool AllowsLocalNames => allowPrivate || allowLoopback || allowedNetworks.Count > 0;

    public bool Allows(IPAddress address)
    {
        // ::ffff:127.0.0.1 is 127.0.0.1 to the system that connects.
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return allowPrivate
            || PublicAddresses.Contains(address)
            || (allowLoopback && IPAddress.IsLoopback(address))
            || allowedNetworks.Any(network => network.Contains(address));
    }
}
