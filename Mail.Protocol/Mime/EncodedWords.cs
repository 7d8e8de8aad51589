using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>Encoded words, <c>=?charset?Q?text?=</c> (RFC 2047).</summary>
internal static partial class EncodedWords
{
    private const int MaxWord = 75; // RFC 2047 §2
    private const int MaxLine = 76; // RFC 2047 §2: of a line with an encoded word
    private const int Overhead = 12; // =?utf-8?Q??=
    private const int LeastRoom = 12; // for one escaped code point of four octets

    // RFC 2047 §5 (3): what a Q word in a phrase may have; taken everywhere
    private static readonly SearchValues<byte> QSafe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"u8);

    /// <summary>Writes text as encoded words in UTF-8, split between code points and folded, with the white space before the first.</summary>
    internal static void Write(MimeOutput output, ReadOnlySpan<char> text, ReadOnlySpan<char> gap)
    {
        if (output.Column + gap.Length + Overhead + LeastRoom > MaxLine) output.EndLine();
        output.WriteUtf8(gap);
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var octets = rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented));
        var quoted = UsesQ(octets);
        while (!octets.IsEmpty)
        {
            var room = Math.Max(LeastRoom, Math.Min(MaxWord, MaxLine - output.Column) - Overhead);
            var take = quoted ? TakeQ(octets, room) : TakeB(octets, room);
            WriteWord(output, octets[..take], quoted);
            octets = octets[take..];
            if (octets.IsEmpty) break;
            output.EndLine();
            output.WriteByte((byte)' ');
        }
        ArrayPool<byte>.Shared.Return(rented);
    }

    private static bool UsesQ(ReadOnlySpan<byte> octets)
    {
        var unsafeCount = 0;
        foreach (var octet in octets)
            if (octet != ' ' && !QSafe.Contains(octet)) unsafeCount++;
        return octets.Length + 2 * unsafeCount <= (octets.Length + 2) / 3 * 4;
    }

    private static int TakeQ(ReadOnlySpan<byte> octets, int room)
    {
        int take = 0, used = 0;
        while (take < octets.Length)
        {
            var length = CodePointLength(octets[take..]);
            var cost = length > 1 ? 3 * length : octets[take] == ' ' || QSafe.Contains(octets[take]) ? 1 : 3;
            if (used + cost > room) break;
            used += cost;
            take += length;
        }
        return take;
    }

    private static int TakeB(ReadOnlySpan<byte> octets, int room)
    {
        var limit = room / 4 * 3;
        var take = 0;
        while (take < octets.Length)
        {
            var length = CodePointLength(octets[take..]);
            if (take + length > limit) break;
            take += length;
        }
        return take;
    }

    private static int CodePointLength(ReadOnlySpan<byte> utf8)
    {
        Rune.DecodeFromUtf8(utf8, out _, out var length);
        return length;
    }

    private static void WriteWord(MimeOutput output, ReadOnlySpan<byte> octets, bool quoted)
    {
        if (!quoted)
        {
            output.Write("=?utf-8?B?"u8);
            Base64.EncodeToUtf8(octets, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(octets.Length)), out _, out var written);
            output.Advance(written);
        }
        else
        {
            output.Write("=?utf-8?Q?"u8);
            foreach (var octet in octets)
            {
                if (octet == ' ') output.WriteByte((byte)'_');
                else if (QSafe.Contains(octet)) output.WriteByte(octet);
                else
                {
                    var span = output.GetSpan(3);
                    QuotedPrintable.WriteEscape(span, octet);
                    output.Advance(3);
                }
            }
        }
        output.Write("?="u8);
        output.FoldAt = MaxLine;
    }
}
