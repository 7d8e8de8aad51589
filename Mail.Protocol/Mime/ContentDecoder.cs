using System.Buffers;
using System.Buffers.Text;

namespace Mail.Protocol.Mime;

/// <summary>A transfer encoding being undone, piece by piece. Tolerant: what is malformed is taken as well as it can be.</summary>
internal abstract class ContentDecoder
{
    /// <summary>Decodes as much as fits. The target is at least 4 KiB; what is consumed may be less than given.</summary>
    internal abstract void Decode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written);

    /// <summary>What is left when the source has ended; at most a few octets.</summary>
    internal virtual int Finish(Span<byte> target) => 0;

    /// <summary>Room that <see cref="Decode"/> wants in its target beyond what it writes.</summary>
    internal const int Slack = 2048;

    /// <summary>Decodes a whole body, as far as the target has room.</summary>
    internal int DecodeAll(ReadOnlySequence<byte> source, Span<byte> target)
    {
        var total = 0;
        foreach (var memory in source)
        {
            for (var rest = memory.Span; !rest.IsEmpty;)
            {
                Decode(rest, target[total..], out var consumed, out var written);
                if (consumed == 0 && written == 0) return total;
                rest = rest[consumed..];
                total += written;
            }
        }
        return target.Length - total >= Slack / 2 ? total + Finish(target[total..]) : total;
    }

    internal static bool IsIdentity(ContentTransferEncoding encoding) =>
        encoding is not (ContentTransferEncoding.Base64 or ContentTransferEncoding.QuotedPrintable or ContentTransferEncoding.UuEncode);

    internal static ContentDecoder Create(ContentTransferEncoding encoding) => encoding switch
    {
        ContentTransferEncoding.Base64 => new Base64Decoder(),
        ContentTransferEncoding.QuotedPrintable => new QuotedPrintableDecoder(),
        ContentTransferEncoding.UuEncode => new UuDecoder(),
        _ => new IdentityDecoder(),
    };
}

internal sealed class IdentityDecoder : ContentDecoder
{
    internal override void Decode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written)
    {
        consumed = written = Math.Min(source.Length, target.Length);
        source[..consumed].CopyTo(target);
    }
}

/// <summary>Base64 (RFC 2045 §6.8): characters outside the alphabet are passed over, padding in the middle starts anew.</summary>
internal sealed class Base64Decoder : ContentDecoder
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private int _bits, _count;

    internal override void Decode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written)
    {
        consumed = written = 0;
        while (consumed < source.Length && written + 3 < target.Length)
        {
            // The quick way, for whole quanta of a line: the framework's decoder is not exact about what it consumed before anything odd
            var line = source[consumed..];
            var run = _count == 0 ? line.IndexOfAnyExcept(Alphabet) : 0;
            if (run < 0) run = line.Length;
            run = Math.Min(run, (target.Length - written) / 3 * 4) & ~3;
            Base64.DecodeFromUtf8(line[..run], target[written..], out var read, out var produced);
            consumed += read;
            written += produced;
            if (consumed == source.Length || written + 3 >= target.Length) return;
            StepOver(source, target, ref consumed, ref written);
        }
    }

    private void StepOver(ReadOnlySpan<byte> source, Span<byte> target, ref int consumed, ref int written)
    {
        do
        {
            var octet = source[consumed++];
            if (octet == '=') { _count = 0; _bits = 0; continue; }
            var value = TransferDecoding.Base64Value(octet);
            if (value < 0) continue;
            _bits = (_bits << 6 | value) & 0xffffff;
            _count = (_count + 6) % 8;
            if (_count != 6) target[written++] = (byte)(_bits >> _count);
        }
        while (_count != 0 && consumed < source.Length && written < target.Length);
    }
}

/// <summary>Quoted-printable (RFC 2045 §6.7): an "=" that begins no escape stays; white space before a line end goes.</summary>
internal sealed class QuotedPrintableDecoder : ContentDecoder
{
    // At most an escape or a run of blanks at the end of a piece waits for what follows
    private readonly List<byte> _held = [];

    private const int MaxHeld = 1024;

    internal override void Decode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written)
    {
        consumed = written = 0;
        while (consumed < source.Length && written + MaxHeld + 4 < target.Length)
        {
            if (_held.Count == 0)
            {
                var run = source[consumed..].IndexOfAny("= \t"u8);
                if (run < 0) run = source.Length - consumed;
                run = Math.Min(run, target.Length - written - MaxHeld - 4);
                source.Slice(consumed, run).CopyTo(target[written..]);
                consumed += run;
                written += run;
                if (consumed >= source.Length || written + MaxHeld + 4 >= target.Length) return;
                _held.Add(source[consumed++]);
                continue;
            }
            written += Take(source[consumed], target[written..], out var taken);
            if (taken) consumed++;
        }
    }

    private int Take(byte next, Span<byte> target, out bool taken)
    {
        taken = true;
        if (_held[0] == '=') return TakeEscape(next, target, out taken);
        if (next is (byte)' ' or (byte)'\t' && _held.Count < MaxHeld)
        {
            _held.Add(next);
            return 0;
        }
        taken = false;
        // RFC 2045 §6.7 (3): blanks at the end of a line were added on the way
        if (next is not ((byte)'\r' or (byte)'\n')) return Release(target);
        _held.Clear();
        return 0;
    }

    private int TakeEscape(byte next, Span<byte> target, out bool taken)
    {
        taken = true;
        var blankTail = _held[^1] is (byte)' ' or (byte)'\t';
        if (_held.Count == 2 && !blankTail && _held[1] != '\r')
        {
            var low = TransferDecoding.HexValue(next);
            taken = low >= 0;
            if (!taken) return Release(target);
            target[0] = (byte)(TransferDecoding.HexValue(_held[1]) << 4 | low);
            _held.Clear();
            return 1;
        }
        if (next == '\n') _held.Clear(); // soft line break
        else if (_held[^1] == '\r') { _held.Clear(); taken = false; }
        else if (next == '\r' || (next is (byte)' ' or (byte)'\t' && _held.Count < MaxHeld)) _held.Add(next);
        else if (_held.Count == 1 && TransferDecoding.HexValue(next) >= 0) _held.Add(next);
        else { taken = false; return Release(target); }
        return 0;
    }

    private int Release(Span<byte> target)
    {
        var count = _held.Count;
        for (var i = 0; i < count; i++) target[i] = _held[i];
        _held.Clear();
        return count;
    }

    internal override int Finish(Span<byte> target)
    {
        var softBreak = _held.Count > 0 && (_held[0] == '=' && (_held.Count == 1 || _held[1] is (byte)' ' or (byte)'\t' or (byte)'\r'));
        if (softBreak || (_held.Count > 0 && _held[0] != '=')) { _held.Clear(); return 0; }
        return Release(target);
    }
}
