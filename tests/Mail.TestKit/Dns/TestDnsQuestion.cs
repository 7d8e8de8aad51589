using System.Buffers.Binary;
using System.Text;
using Mail.Protocol.Dns;

namespace Mail.TestKit.Dns;

/// <summary>A question as it arrived at a <see cref="TestDnsServer"/>.</summary>
/// <param name="Name">As sent, in the asker's case.</param>
/// <param name="Type">Asked type.</param>
/// <param name="IsTcp">Whether it came over TCP.</param>
/// <param name="UdpPayload">EDNS0 payload size; null without EDNS0.</param>
/// <param name="Length">Octets of header and question.</param>
public sealed record TestDnsQuestion(string Name, DnsRecordType Type, bool IsTcp, int? UdpPayload, int Length)
{
    internal static TestDnsQuestion? TryRead(ReadOnlySpan<byte> query, bool isTcp)
    {
        var name = new StringBuilder();
        var at = 12;
        while (at < query.Length && query[at] != 0)
        {
            int length = query[at];
            if (length > 63 || at + 1 + length >= query.Length)
                return null;
            name.Append(name.Length > 0 ? "." : "").Append(Encoding.Latin1.GetString(query.Slice(at + 1, length)));
            at += length + 1;
        }
        if (at + 5 > query.Length)
            return null;
        var type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(query[(at + 1)..]);
        var end = at + 5;
        int? payload = query[11] == 1 && query.Length >= end + 11 ? BinaryPrimitives.ReadUInt16BigEndian(query[(end + 3)..]) : null;
        return new TestDnsQuestion(name.ToString(), type, isTcp, payload, end);
    }
}
