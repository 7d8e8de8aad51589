using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Mail.Protocol.Dns;

/// <summary>Reads the data of one record; false when malformed.</summary>
internal delegate bool DnsRecordReader<T>(ReadOnlySpan<byte> message, int offset, int length, out T record);

/// <summary>A record type together with the reader of its data.</summary>
internal sealed record DnsRecordKind<T>(DnsRecordType Type, DnsRecordReader<T> Read);

/// <summary>The record types that can be asked for.</summary>
internal static class DnsRecordKind
{
    public static readonly DnsRecordKind<MxRecord> Mx = new(DnsRecordType.Mx, ReadMx);
    public static readonly DnsRecordKind<string> Txt = new(DnsRecordType.Txt, ReadTxt);
    public static readonly DnsRecordKind<IPAddress> A = new(DnsRecordType.A, ReadA);
    public static readonly DnsRecordKind<IPAddress> Aaaa = new(DnsRecordType.Aaaa, ReadAaaa);
    public static readonly DnsRecordKind<string> Cname = new(DnsRecordType.Cname, ReadName);
    public static readonly DnsRecordKind<string> Ptr = new(DnsRecordType.Ptr, ReadName);
    public static readonly DnsRecordKind<TlsaRecord> Tlsa = new(DnsRecordType.Tlsa, ReadTlsa);
    public static readonly DnsRecordKind<CaaRecord> Caa = new(DnsRecordType.Caa, ReadCaa);

    private static bool ReadMx(ReadOnlySpan<byte> message, int offset, int length, out MxRecord record)
    {
        record = null!;
        if (length < 3 || !ReadName(message, offset + 2, length - 2, out var exchange))
            return false;
        record = new MxRecord(BinaryPrimitives.ReadUInt16BigEndian(message[offset..]), exchange);
        return true;
    }

    private static bool ReadTxt(ReadOnlySpan<byte> message, int offset, int length, out string record)
    {
        var data = message.Slice(offset, length);
        var text = new StringBuilder(length);
        record = "";
        while (!data.IsEmpty)
        {
            int size = data[0];
            if (size >= data.Length)
                return false;
            text.Append(Encoding.Latin1.GetString(data.Slice(1, size)));
            data = data[(size + 1)..];
        }
        // No string at all is not allowed (RFC 1035 §3.3.14), but found, and harmless as an empty text.
        record = text.ToString();
        return true;
    }

    private static bool ReadA(ReadOnlySpan<byte> message, int offset, int length, out IPAddress record)
    {
        record = length == 4 ? new IPAddress(message.Slice(offset, 4)) : IPAddress.None;
        return length == 4;
    }

    private static bool ReadAaaa(ReadOnlySpan<byte> message, int offset, int length, out IPAddress record)
    {
        record = length == 16 ? new IPAddress(message.Slice(offset, 16)) : IPAddress.None;
        return length == 16;
    }

    private static bool ReadName(ReadOnlySpan<byte> message, int offset, int length, out string record)
    {
        var end = offset;
        return DnsName.TryRead(message, ref end, out record) && end == offset + length;
    }

    private static bool ReadTlsa(ReadOnlySpan<byte> message, int offset, int length, out TlsaRecord record)
    {
        record = null!;
        if (length < 3)
            return false;
        var data = message.Slice(offset, length);
        record = new TlsaRecord(data[0], data[1], data[2], data[3..].ToArray());
        return true;
    }

    private static bool ReadCaa(ReadOnlySpan<byte> message, int offset, int length, out CaaRecord record)
    {
        record = null!;
        var data = message.Slice(offset, length);
        if (length < 2 || data[1] == 0 || data.Length < 2 + data[1])
            return false;
        var tag = Encoding.Latin1.GetString(data.Slice(2, data[1])).ToLowerInvariant();
        record = new CaaRecord(data[0], tag, Encoding.Latin1.GetString(data[(2 + data[1])..]));
        return true;
    }
}
