using System.Buffers;
using System.Text;
using Mail.Core.Text;
using Mail.Protocol.Mime;

namespace Mail.Inbound.Pipeline;

/// <summary>What the header of a message says. The body is for whoever opens the mail.</summary>
internal static class MessageHead
{
    private const int MaxHeaderOctets = 256 * 1024;
    private const int MaxSubjectLength = 998; // RFC 5322 §2.1.1: what one line can hold

    public static string SubjectOf(ReadOnlySequence<byte> message) =>
        StorableText.Of(MimeMessage.Parse(Of(message)).Subject ?? "", MaxSubjectLength);

    /// <summary>How many servers it passed, by their Received fields.</summary>
    public static int HopsOf(ReadOnlySequence<byte> message)
    {
        var reader = new SequenceReader<byte>(Of(message));
        var hops = 0;
        Span<byte> name = stackalloc byte[9];
        while (!reader.End)
        {
            if (reader.IsNext((byte)'R') || reader.IsNext((byte)'r'))
            {
                if (reader.TryCopyTo(name) && Ascii.EqualsIgnoreCase(name, "received:"u8))
                    hops++;
            }
            if (!reader.TryAdvanceTo((byte)'\n'))
                break;
        }
        return hops;
    }

    /// <summary>The octets in front of the first empty line, as far as there may be any.</summary>
    public static ReadOnlySequence<byte> Of(ReadOnlySequence<byte> message)
    {
        var reader = new SequenceReader<byte>(message.Slice(0, Math.Min(message.Length, MaxHeaderOctets)));
        return reader.TryReadTo(out ReadOnlySequence<byte> header, "\r\n\r\n"u8) ? header : reader.Sequence;
    }
}
