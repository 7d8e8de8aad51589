namespace Mail.Protocol.Mime;

/// <summary>uuencode, as x-uuencode parts and old mails have it: lines between <c>begin</c> and <c>end</c>.</summary>
internal sealed class UuDecoder : ContentDecoder
{
    private const int MaxLine = 128;

    private readonly byte[] _line = new byte[MaxLine];
    private int _length;
    private bool _inside, _ended;

    internal override void Decode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written)
    {
        consumed = written = 0;
        while (consumed < source.Length && written + MaxLine < target.Length)
        {
            var octet = source[consumed++];
            if (octet == '\n') written += EndLine(target[written..]);
            else if (_length < MaxLine) _line[_length++] = octet;
        }
    }

    internal override int Finish(Span<byte> target) => EndLine(target);

    private int EndLine(Span<byte> target)
    {
        var line = _line.AsSpan(0, _length).TrimEnd((byte)'\r');
        _length = 0;
        if (_ended || line.IsEmpty) return 0;
        if (!_inside)
        {
            _inside = line.StartsWith("begin "u8);
            return 0;
        }
        _ended = line.SequenceEqual("end"u8);
        return _ended ? 0 : DecodeLine(line, target);
    }

    /// <summary>One line: a length character, then four characters for each three octets. Trailing blanks may have been lost.</summary>
    internal static int DecodeLine(ReadOnlySpan<byte> line, Span<byte> target)
    {
        var count = (line[0] - ' ') & 63;
        var written = 0;
        for (var i = 1; written < count; i += 4)
        {
            if (i >= line.Length) break;
            var bits = At(line, i) << 18 | At(line, i + 1) << 12 | At(line, i + 2) << 6 | At(line, i + 3);
            for (var shift = 16; shift >= 0 && written < count; shift -= 8) target[written++] = (byte)(bits >> shift);
        }
        return written;
    }

    private static int At(ReadOnlySpan<byte> line, int index) => index < line.Length ? (line[index] - ' ') & 63 : 0;
}
