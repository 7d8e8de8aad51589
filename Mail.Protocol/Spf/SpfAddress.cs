using System.Net;

namespace Mail.Protocol.Spf;

/// <summary>Comparison of addresses by their leading bits.</summary>
internal static class SpfAddress
{
    /// <summary>Whether two addresses of one family agree in their first bits. Different families never do.</summary>
    public static bool IsInNetwork(IPAddress address, IPAddress network, int prefix)
    {
        Span<byte> one = stackalloc byte[16];
        Span<byte> other = stackalloc byte[16];
        if (address.AddressFamily != network.AddressFamily || !address.TryWriteBytes(one, out _) || !network.TryWriteBytes(other, out _))
            return false;
        var whole = prefix / 8;
        if (!one[..whole].SequenceEqual(other[..whole]))
            return false;
        var rest = prefix % 8;
        return rest == 0 || (one[whole] ^ other[whole]) >> (8 - rest) == 0;
    }
}
