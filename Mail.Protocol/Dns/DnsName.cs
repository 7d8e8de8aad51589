using System.Globalization;
using System.Text;

namespace Mail.Protocol.Dns;

/// <summary>
/// Domain names between text and wire. The text is lower case without trailing dot; octets that a name must not show plainly
/// are escaped as in RFC 1035 §5.1 (<c>\.</c>, <c>\\</c>, <c>\DDD</c>), so that text and wire stand for each other without loss.
/// </summary>
internal static class DnsName
{
    // RFC 1035 §2.3.4
    public const int MaxOctets = 255;
    private const int MaxLabelOctets = 63;
    private const int MaxTextLength = MaxOctets * 4;

    /// <summary>Puts a name into the one form used as cache key and in results. False for what cannot be asked, the root included.</summary>
    public static bool TryNormalize(string name, out string normal)
    {
        Span<byte> wire = stackalloc byte[MaxOctets];
        var offset = 0;
        if (TryWrite(name, wire, out var written) && written > 1)
            return TryRead(wire[..written], ref offset, out normal);
        normal = "";
        return false;
    }

    /// <summary>Writes a name as labels, ending with the root. Characters beyond ASCII are written as UTF-8.</summary>
    public static bool TryWrite(string name, Span<byte> wire, out int written)
    {
        written = 0;
        Span<byte> label = stackalloc byte[MaxLabelOctets];
        var labelLength = 0;
        var at = 0;
        while (at < name.Length)
        {
            if (name[at] == '.')
            {
                if (!TryEndLabel(label[..labelLength], wire, ref written))
                    return false;
                labelLength = 0;
                at++;
            }
            else if (!TryTakeCharacter(name, ref at, label[labelLength..], out var taken))
                return false;
            else
                labelLength += taken;
        }
        if (labelLength > 0 && !TryEndLabel(label[..labelLength], wire, ref written))
            return false;
        if (written >= MaxOctets || written >= wire.Length)
            return false;
        wire[written++] = 0;
        return true;
    }

    /// <summary>Reads a name that may be compressed and moves the offset behind it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, out string name)
    {
        Span<char> text = stackalloc char[MaxTextLength];
        var (length, octets, end, at) = (0, 1, -1, offset);
        // RFC 1035 §4.1.4: a pointer refers to a prior occurrence. Strictly backwards, so a loop cannot be written.
        var before = offset;
        name = "";
        while ((uint)at < (uint)message.Length)
        {
            int head = message[at];
            if (head == 0)
            {
                offset = end < 0 ? at + 1 : end;
                name = text[..length].ToString();
                return true;
            }
            if (head >= 0xC0)
            {
                if (at + 1 >= message.Length)
                    return false;
                var target = ((head & 0x3F) << 8) | message[at + 1];
                if (target >= before)
                    return false;
                end = end < 0 ? at + 2 : end;
                at = before = target;
                continue;
            }
            octets += head + 1;
            if (head > MaxLabelOctets || octets > MaxOctets || at + 1 + head > message.Length)
                return false;
            if (length > 0)
                text[length++] = '.';
            AppendLabel(message.Slice(at + 1, head), text, ref length);
            at += head + 1;
        }
        return false;
    }

    private static bool TryEndLabel(ReadOnlySpan<byte> label, Span<byte> wire, ref int written)
    {
        if (label.IsEmpty || written + 1 + label.Length >= wire.Length)
            return false;
        wire[written++] = (byte)label.Length;
        label.CopyTo(wire[written..]);
        written += label.Length;
        return true;
    }

    private static bool TryTakeCharacter(string name, ref int at, Span<byte> label, out int taken)
    {
        taken = 1;
        if (label.IsEmpty)
            return false;
        if (name[at] != '\\')
        {
            var status = Rune.DecodeFromUtf16(name.AsSpan(at), out var rune, out var used);
            at += used;
            return status == System.Buffers.OperationStatus.Done && rune.TryEncodeToUtf8(label, out taken);
        }
        if (at + 3 < name.Length && byte.TryParse(name.AsSpan(at + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var octet))
        {
            label[0] = octet;
            at += 4;
            return true;
        }
        if (at + 1 >= name.Length || name[at + 1] is not ('.' or '\\'))
            return false;
        label[0] = (byte)name[at + 1];
        at += 2;
        return true;
    }

    private static void AppendLabel(ReadOnlySpan<byte> label, Span<char> text, ref int length)
    {
        foreach (var octet in label)
        {
            if (octet is > 0x20 and < 0x7F)
            {
                if (octet is (byte)'.' or (byte)'\\')
                    text[length++] = '\\';
                text[length++] = octet is >= (byte)'A' and <= (byte)'Z' ? (char)(octet | 0x20) : (char)octet;
                continue;
            }
            text[length++] = '\\';
            text[length++] = (char)('0' + (octet / 100));
            text[length++] = (char)('0' + (octet / 10 % 10));
            text[length++] = (char)('0' + (octet % 10));
        }
    }
}
