using System.Buffers;

namespace Mail.Protocol.Mime;

/// <summary>
/// Goes over a sequence line by line. A line ends with LF, with or without CR before it. Lines are never copied, except the start of one
/// that crosses segments: a structure decision needs no more than that.
/// </summary>
internal ref struct LineScanner
{
    /// <summary>As much of a line as is looked at; far more than a boundary or field name may have.</summary>
    private const int MaxScratch = 2048;

    private readonly ReadOnlySequence<byte> _source;
    private readonly byte[]? _scratch;
    private SequencePosition _nextSegment;
    private ReadOnlySpan<byte> _segment;
    private long _segmentStart;
    private int _position;

    internal LineScanner(ReadOnlySequence<byte> source)
    {
        _source = source;
        _nextSegment = source.Start;
        _scratch = source.IsSingleSegment ? null : new byte[MaxScratch];
        MoveSegment();
    }

    /// <summary>Where the line starts.</summary>
    internal long Start { get; private set; }

    /// <summary>Where its line end starts.</summary>
    internal long ContentEnd { get; private set; }

    /// <summary>Where the next line starts.</summary>
    internal readonly long End => _segmentStart + _position;

    /// <summary>The line without its end, cut when it is long and crosses segments.</summary>
    internal ReadOnlySpan<byte> Content { get; private set; }

    internal bool Next()
    {
        if (_position >= _segment.Length && !MoveSegment()) return false;
        Start = End;
        var rest = _segment[_position..];
        var length = rest.IndexOf((byte)'\n');
        if (length < 0 && _scratch is not null) return NextAcrossSegments();
        Content = length < 0 ? rest : rest[..length];
        _position += length < 0 ? rest.Length : length + 1;
        ContentEnd = Start + Content.Length;
        if (length > 0 && rest[length - 1] == '\r') TrimCarriageReturn();
        return true;
    }

    private void TrimCarriageReturn()
    {
        Content = Content[..^1];
        ContentEnd--;
    }

    private bool NextAcrossSegments()
    {
        var kept = 0;
        byte last = 0;
        while (true)
        {
            var rest = _segment[_position..];
            var length = rest.IndexOf((byte)'\n');
            var piece = length < 0 ? rest : rest[..length];
            var keep = Math.Min(piece.Length, MaxScratch - kept);
            piece[..keep].CopyTo(_scratch.AsSpan(kept));
            kept += keep;
            if (!piece.IsEmpty) last = piece[^1];
            _position += piece.Length;
            Content = _scratch.AsSpan(0, kept);
            ContentEnd = End;
            if (length >= 0)
            {
                _position++;
                if (last == '\r' && ContentEnd > Start)
                {
                    ContentEnd--;
                    if (kept == ContentEnd - Start + 1) Content = Content[..^1];
                }
                return true;
            }
            if (!MoveSegment()) return true;
        }
    }

    /// <summary>
    /// Passes over lines that do not begin with <c>--</c>, as fast as memory can be searched. <see cref="ContentEnd"/> is then that of the
    /// line passed last. Call it between two calls of <see cref="Next"/>.
    /// </summary>
    internal void SkipToDashes()
    {
        var rest = _segment[_position..];
        if (rest.StartsWith("--"u8)) return;
        var found = rest.IndexOf("\n--"u8);
        // Not in this segment: go to the start of its last line, which may go on in the next one
        if (found < 0) found = rest.LastIndexOf((byte)'\n');
        if (found < 0) return;
        ContentEnd = End + found - (found > 0 && rest[found - 1] == '\r' ? 1 : 0);
        _position += found + 1;
    }

    private bool MoveSegment()
    {
        _segmentStart += _segment.Length;
        _position = 0;
        while (_source.TryGet(ref _nextSegment, out var memory))
        {
            _segment = memory.Span;
            if (_segment.Length > 0) return true;
        }
        _segment = default;
        return false;
    }
}
