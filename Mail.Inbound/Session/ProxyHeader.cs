using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace Mail.Inbound.Session;

/// <summary>
/// The PROXY protocol, versions 1 and 2: what a load balancer puts in front of a connection to say whose it is. Only read
/// where a balancer is configured: anybody else could claim any address.
/// </summary>
internal static class ProxyHeader
{
    // "PROXY UNKNOWN" with two IPv6 addresses and CRLF, the longest line of version 1.
    private const int MaxLine = 107;
    private const int BinaryHead = 16;
    // Addresses and the extensions that balancers send; more is not waited for.
    private const int MaxBinary = 4096;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>The address of the client, or null when there is no well-formed header.</summary>
    /// <param name="input">The connection; what follows the header stays.</param>
    /// <param name="peer">Who connected: the client, when the header speaks for nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IPAddress?> ReadAsync(PipeReader input, IPAddress peer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var octets = buffer.Slice(0, Math.Min(buffer.Length, MaxBinary)).ToArray();
            var (length, address) = Parse(octets, peer);
            if (length > 0)
            {
                input.AdvanceTo(buffer.GetPosition(length));
                return address;
            }
            input.AdvanceTo(buffer.Start, buffer.End);
            if (length < 0 || read.IsCompleted || read.IsCanceled)
                return null;
        }
    }

    /// <summary>Length and client of the header; 0 when more is needed, negative when it is none.</summary>
    internal static (int Length, IPAddress? Client) Parse(ReadOnlySpan<byte> octets, IPAddress peer)
    {
        var head = octets[..Math.Min(octets.Length, Signature.Length)];
        if (Signature.StartsWith(head))
            return octets.Length < BinaryHead ? (0, null) : ParseBinary(octets, peer);
        if (!"PROXY "u8.StartsWith(octets[..Math.Min(octets.Length, 6)]))
            return (-1, null);
        var end = octets[..Math.Min(octets.Length, MaxLine)].IndexOf("\r\n"u8);
        if (end < 0)
            return (octets.Length < MaxLine ? 0 : -1, null);
        return ParseLine(Encoding.ASCII.GetString(octets[..end]), peer) is { } client ? (end + 2, client) : (-1, null);
    }

    private static IPAddress? ParseLine(string line, IPAddress peer) => line.Split(' ') switch
    {
        ["PROXY", "UNKNOWN", ..] => peer,
        ["PROXY", ("TCP4" or "TCP6") and var family, var source, var target, var sourcePort, var targetPort]
            when AddressOf(source, family) is { } client && AddressOf(target, family) is not null
            && ushort.TryParse(sourcePort, out _) && ushort.TryParse(targetPort, out _) => client,
        _ => null,
    };

    private static IPAddress? AddressOf(string text, string family) =>
        IPAddress.TryParse(text, out var address) && text.Contains(':') == (family == "TCP6")
            && (family == "TCP6" || text.Count(c => c == '.') == 3) && !text.Contains('%')
            ? Plain(address)
            : null;

    private static (int Length, IPAddress? Client) ParseBinary(ReadOnlySpan<byte> octets, IPAddress peer)
    {
        var length = BinaryHead + BinaryPrimitives.ReadUInt16BigEndian(octets[14..]);
        if (octets[12] >> 4 != 2 || (octets[12] & 0xF) > 1 || length > MaxBinary)
            return (-1, null);
        if (octets.Length < length)
            return (0, null);
        var body = octets[BinaryHead..length];
        return (octets[12] & 0xF, octets[13]) switch
        {
            (0, _) => (length, peer), // LOCAL: the balancer itself, which looks whether we are there
            (1, 0x11) when body.Length >= 12 => (length, new IPAddress(body[..4])),
            (1, 0x21) when body.Length >= 36 => (length, Plain(new IPAddress(body[..16]))),
            (1, 0x00) => (length, peer), // UNSPEC
            _ => (-1, null),
        };
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
