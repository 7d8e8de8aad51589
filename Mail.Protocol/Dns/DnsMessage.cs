using System.Buffers.Binary;

namespace Mail.Protocol.Dns;

/// <summary>A response, read. Keeps the answer section and, from the others, only what changes the outcome.</summary>
internal sealed class DnsMessage
{
    // RFC 1035 §4.1.1
    public const int NoError = 0;
    public const int FormErr = 1;
    public const int NxDomain = 3;
    public const int NotImp = 4;

    private const ushort ClassIn = 1;
    private const int SoaNumbersLength = 20;

    private DnsMessage(byte[] bytes)
    {
        Bytes = bytes;
        Rcode = bytes[3] & 0x0F;
        IsAuthentic = (bytes[3] & 0x20) != 0;
    }

    public byte[] Bytes { get; }
    public int Rcode { get; private set; }
    public bool IsAuthentic { get; }
    public List<DnsRecordView> Answers { get; } = [];

    /// <summary>Seconds a negative answer may be kept; null when the message has no SOA.</summary>
    public uint? NegativeTtl { get; private set; }

    /// <summary>Whether the server cut the message off (RFC 2181 §9). Needs a header.</summary>
    public static bool IsTruncated(ReadOnlySpan<byte> message) => (message[2] & 0x02) != 0;

    /// <summary>Reads a message, which it keeps. Null when the message is malformed.</summary>
    public static DnsMessage? Read(byte[] bytes)
    {
        if (bytes.Length < DnsQuery.HeaderLength)
            return null;
        var message = new DnsMessage(bytes);
        var offset = DnsQuery.HeaderLength;
        return message.SkipQuestions(ref offset)
            && message.ReadSection(Count(bytes, 6), ref offset, message.Answers.Add)
            && message.ReadSection(Count(bytes, 8), ref offset, message.TakeAuthority)
            && message.ReadSection(Count(bytes, 10), ref offset, message.TakeAdditional)
            ? message
            : null;
    }

    private static int Count(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private bool SkipQuestions(ref int offset)
    {
        for (var i = Count(Bytes, 4); i > 0; i--)
        {
            if (!DnsName.TryRead(Bytes, ref offset, out _) || offset + 4 > Bytes.Length)
                return false;
            offset += 4;
        }
        return true;
    }

    // The counts are claims; a record takes at least 11 octets, so the work is bounded by the message.
    private bool ReadSection(int count, ref int offset, Action<DnsRecordView> take)
    {
        for (; count > 0; count--)
        {
            if (!DnsName.TryRead(Bytes, ref offset, out var owner) || offset + 10 > Bytes.Length)
                return false;
            var fixedPart = Bytes.AsSpan(offset, 10);
            var type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(fixedPart);
            var recordClass = BinaryPrimitives.ReadUInt16BigEndian(fixedPart[2..]);
            var ttl = BinaryPrimitives.ReadUInt32BigEndian(fixedPart[4..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(fixedPart[8..]);
            offset += 10;
            if (offset + length > Bytes.Length)
                return false;
            if (recordClass == ClassIn || type == DnsRecordType.Opt)
                take(new DnsRecordView(owner, type, ttl, offset, length));
            offset += length;
        }
        return true;
    }

    private void TakeAuthority(DnsRecordView record)
    {
        if (record.Type != DnsRecordType.Soa || record.Length < SoaNumbersLength)
            return;
        // RFC 2308 §5: the lesser of the SOA's own TTL and its MINIMUM field.
        var minimum = BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(record.Offset + record.Length - 4));
        NegativeTtl = Math.Min(record.Ttl, Seconds(minimum));
    }

    // RFC 6891 §6.1.3: the upper eight bits of the response code travel in the TTL of OPT.
    private void TakeAdditional(DnsRecordView record)
    {
        if (record.Type == DnsRecordType.Opt)
            Rcode = (int)(record.RawTtl >> 24 << 4) | (Rcode & 0x0F);
    }

    // RFC 2181 §8: a TTL with the top bit set counts as zero.
    internal static uint Seconds(uint raw) => raw > int.MaxValue ? 0 : raw;
}

/// <summary>Where a record lies in its message.</summary>
internal readonly record struct DnsRecordView(string Owner, DnsRecordType Type, uint RawTtl, int Offset, int Length)
{
    public uint Ttl => DnsMessage.Seconds(RawTtl);
}
