using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mail.Protocol.Dns;

/// <summary>One question as sent, and the test whether a message answers it.</summary>
internal sealed class DnsQuery
{
    public const int HeaderLength = 12;

    /// <summary>What we take over UDP: never fragmented on the way (RFC 9715 §3, DNS flag day 2020).</summary>
    public const int UdpPayloadBytes = 1232;

    private readonly int _questionLength;

    private DnsQuery(byte[] packet, int questionLength)
    {
        (Packet, _questionLength) = (packet, questionLength);
    }

    /// <summary>The message to send.</summary>
    public byte[] Packet { get; }

    /// <summary>Makes a question with a fresh random id (RFC 5452 §9.2). The name must be a normal one.</summary>
    public static DnsQuery Create(string name, DnsRecordType type, bool edns, bool randomizeCase)
    {
        Span<byte> packet = stackalloc byte[HeaderLength + DnsName.MaxOctets + 4 + 11];
        packet.Clear();
        RandomNumberGenerator.Fill(packet[..2]);
        packet[2] = 0x01; // RD
        packet[3] = 0x20; // AD: we understand the bit (RFC 6840 §5.7)
        packet[5] = 1;    // one question (RFC 9619)
        if (!DnsName.TryWrite(name, packet[HeaderLength..], out var nameLength))
            throw new ArgumentException("The name is not a normal name.", nameof(name));
        if (randomizeCase)
            RandomizeCase(packet.Slice(HeaderLength, nameLength));
        var end = HeaderLength + nameLength;
        BinaryPrimitives.WriteUInt16BigEndian(packet[end..], (ushort)type);
        packet[end + 3] = 1; // IN
        end += 4;
        var questionLength = end - HeaderLength;
        if (edns)
            WriteOpt(packet, ref end);
        return new DnsQuery(packet[..end].ToArray(), questionLength);
    }

    /// <summary>Whether a message is the answer to this question: id, direction, operation and question (RFC 5452 §3, §9.1).</summary>
    public bool IsAnsweredBy(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength || message[0] != Packet[0] || message[1] != Packet[1])
            return false;
        var isQueryResponse = (message[2] & 0xF8) == 0x80;
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        if (!isQueryResponse || questions > 1)
            return false;
        // A server that cannot read the question cannot repeat it.
        if (questions == 0)
            return (message[3] & 0x0F) is DnsMessage.FormErr or DnsMessage.NotImp;
        return message.Length >= HeaderLength + _questionLength && HasQuestion(message.Slice(HeaderLength, _questionLength));
    }

    /// <summary>Whether an answer repeats the letters as they were sent: a forger has to guess them, an old server may not care.</summary>
    public bool IsRepeatedExactlyIn(ReadOnlySpan<byte> answer) =>
        answer.Length < HeaderLength + _questionLength
        || answer.Slice(HeaderLength, _questionLength).SequenceEqual(Packet.AsSpan(HeaderLength, _questionLength));

    private bool HasQuestion(ReadOnlySpan<byte> question)
    {
        var sent = Packet.AsSpan(HeaderLength, _questionLength);
        for (var i = 0; i < sent.Length; i++)
        {
            if (Lower(question[i]) != Lower(sent[i]))
                return false;
        }
        return true;
    }

    private static byte Lower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;

    // Letters in random case add a bit each to what a forger must guess; servers repeat the question as it came.
    private static void RandomizeCase(Span<byte> name)
    {
        Span<byte> coins = stackalloc byte[name.Length];
        RandomNumberGenerator.Fill(coins);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] is >= (byte)'a' and <= (byte)'z' && (coins[i] & 1) == 0)
                name[i] &= 0xDF;
        }
    }

    // RFC 6891 §6.1.2: root name, type OPT, payload size as class, no extended flags.
    private static void WriteOpt(Span<byte> packet, ref int end)
    {
        packet[11] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(packet[(end + 1)..], (ushort)DnsRecordType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(packet[(end + 3)..], UdpPayloadBytes);
        end += 11;
    }
}
