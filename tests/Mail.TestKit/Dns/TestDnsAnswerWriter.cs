using System.Buffers.Binary;
using System.Net;
using System.Text;
using Mail.Protocol.Dns;

namespace Mail.TestKit.Dns;

/// <summary>Writes answers without sharing code with the reader under test.</summary>
internal static class TestDnsAnswerWriter
{
    private const int NoEdnsPayload = 512;

    public static byte[] Write(ReadOnlySpan<byte> query, TestDnsQuestion question, DnsZoneAnswer answer, bool isAuthentic)
    {
        var message = new List<byte>(query[..question.Length].ToArray());
        message[2] = 0x81; // QR, RD
        message[3] = (byte)(0x80 | (isAuthentic ? 0x20 : 0) | Rcode(answer.Status)); // RA
        foreach (var record in answer.Records)
            WriteRecord(message, record);
        var negative = answer.Status is DnsStatus.NoData or DnsStatus.NxDomain;
        if (negative)
            WriteSoa(message);
        SetCounts(message, answer.Records.Count, negative ? 1 : 0, 0);
        if (question.UdpPayload is not null)
        {
            message.AddRange([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
            SetCounts(message, answer.Records.Count, negative ? 1 : 0, 1);
        }
        if (question.IsTcp || message.Count <= (question.UdpPayload ?? NoEdnsPayload))
            return [.. message];

        message.RemoveRange(question.Length, message.Count - question.Length);
        message[2] |= 0x02; // TC
        SetCounts(message, 0, 0, 0);
        return [.. message];
    }

    private static byte Rcode(DnsStatus status) => status switch
    {
        DnsStatus.NxDomain => 3,
        DnsStatus.ServFail => 2,
        _ => 0,
    };

    private static void SetCounts(List<byte> message, int answers, int authorities, int additionals)
    {
        (message[6], message[7]) = ((byte)(answers >> 8), (byte)answers);
        (message[8], message[9]) = (0, (byte)authorities);
        (message[10], message[11]) = (0, (byte)additionals);
    }

    private static void WriteRecord(List<byte> message, DnsZoneRecord record)
    {
        WriteName(message, record.Name);
        WriteNumbers(message, (ushort)record.Type, record.TtlSeconds);
        var start = message.Count;
        message.AddRange([0, 0]);
        WriteData(message, record);
        var length = message.Count - start - 2;
        (message[start], message[start + 1]) = ((byte)(length >> 8), (byte)length);
    }

    private static void WriteData(List<byte> message, DnsZoneRecord record)
    {
        switch (record.Data)
        {
            case IPAddress address:
                message.AddRange(address.GetAddressBytes());
                break;
            case string name:
                WriteName(message, name);
                break;
            case MxRecord mx:
                message.AddRange([(byte)(mx.Preference >> 8), (byte)mx.Preference]);
                WriteName(message, mx.Exchange);
                break;
            case string[] strings:
                foreach (var text in strings)
                    message.AddRange([(byte)text.Length, .. Encoding.Latin1.GetBytes(text)]);
                break;
            case TlsaRecord tlsa:
                message.AddRange([tlsa.Usage, tlsa.Selector, tlsa.MatchingType, .. tlsa.Data.Span]);
                break;
            case CaaRecord caa:
                message.AddRange([caa.Flags, (byte)caa.Tag.Length, .. Encoding.Latin1.GetBytes(caa.Tag + caa.Value)]);
                break;
            case byte[] raw:
                message.AddRange(raw);
                break;
            default:
                throw new NotSupportedException($"No wire form for {record.Data.GetType().Name}.");
        }
    }

    private static void WriteSoa(List<byte> message)
    {
        const uint negativeTtl = 60;
        WriteName(message, "");
        WriteNumbers(message, (ushort)DnsRecordType.Soa, 3600);
        message.AddRange([0, 22, 0, 0]);
        var numbers = new byte[20];
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(16), negativeTtl);
        message.AddRange(numbers);
    }

    private static void WriteNumbers(List<byte> message, ushort type, uint ttl)
    {
        var numbers = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(numbers, type);
        numbers[3] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(4), ttl);
        message.AddRange(numbers);
    }

    private static void WriteName(List<byte> message, string name)
    {
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
            message.AddRange([(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]);
        message.Add(0);
    }
}
