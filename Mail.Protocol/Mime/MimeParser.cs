using System.Buffers;
using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>
/// Finds the structure of a mail in one pass over its lines: where headers and bodies begin and end. Iterative, with a bounded stack;
/// decodes nothing and copies no body. When no boundary is open, the rest is not looked at.
/// </summary>
internal ref struct MimeParser
{
    private const int MaxBoundary = 998;
    private const int MaxName = 998; // a line of RFC 5322 §2.1.1; less than what is kept of a line that crosses segments

    private sealed class Frame(MimeEntity entity, byte[]? boundary)
    {
        internal MimeEntity Entity { get; } = entity;
        internal byte[]? Boundary { get; set; } = boundary;
        internal bool Seen { get; set; }
    }

    private readonly ReadOnlySequence<byte> _source;
    private readonly MimeLimits _limits;
    private readonly List<MimeDefect> _defects;
    private readonly List<Frame> _open = [];
    private LineScanner _lines;
    private int _parts, _boundaries;
    private bool _lineAtHand;
    private long _previousContentEnd;

    internal MimeParser(ReadOnlySequence<byte> source, MimeLimits limits, List<MimeDefect> defects)
    {
        _limits = limits;
        _defects = defects;
        if (source.Length > limits.MaxBytes)
        {
            source = source.Slice(0, limits.MaxBytes);
            Report(MimeDefect.MessageTruncated);
        }
        _source = source;
        _lines = new LineScanner(source);
    }

    internal MimeEntity Parse()
    {
        var root = ReadEntity(parent: null);
        while (_boundaries > 0)
        {
            if (!_lineAtHand)
            {
                _lines.SkipToDashes();
                _previousContentEnd = _lines.ContentEnd;
                if (!_lines.Next()) break;
            }
            _lineAtHand = false;
            if (!_lines.Content.StartsWith("--"u8)) continue;
            if (!Boundary()) break;
        }
        foreach (var frame in _open)
        {
            frame.Entity.SetBodyEnd(_source.Length);
            if (frame.Boundary is not null) Report(frame.Seen ? MimeDefect.UnclosedMultipart : MimeDefect.MissingBoundary);
        }
        return root;
    }

    /// <summary>Handles a line that may be a boundary; false when the limit of parts ends the reading.</summary>
    private bool Boundary()
    {
        var index = FindBoundary(out var closes);
        if (index < 0) return true;
        CloseAbove(index);
        var frame = _open[index];
        frame.Seen = true;
        if (closes)
        {
            frame.Boundary = null; // what follows is epilogue: RFC 2046 §5.1.1
            _boundaries--;
            return true;
        }
        if (_parts >= _limits.MaxParts)
        {
            Report(MimeDefect.TooManyParts);
            return false;
        }
        ReadEntity(frame.Entity);
        return true;
    }

    /// <summary>The innermost open multipart whose boundary the line is (RFC 2046 §5.1.2: an outer one ends all inner ones).</summary>
    private readonly int FindBoundary(out bool closes)
    {
        var line = _lines.Content.TrimEnd(" \t"u8);
        closes = false;
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].Boundary is not { } boundary) continue;
            if (boundary is []) boundary = _open[i].Boundary = Adopt(line[2..]);
            if (!line[2..].StartsWith(boundary) || boundary is []) continue;
            var rest = line[(2 + boundary.Length)..];
            closes = rest.SequenceEqual("--"u8);
            if (closes || rest.IsEmpty) return i;
        }
        return -1;
    }

    /// <summary>A multipart that does not name its boundary: the first line that looks like one is it.</summary>
    private static byte[] Adopt(ReadOnlySpan<byte> candidate) =>
        candidate.Length is > 2 and <= 70 && !candidate.ContainsAny(" \t"u8) && !candidate.EndsWith("--"u8) ? candidate.ToArray() : [];

    private void CloseAbove(int index)
    {
        for (var i = _open.Count - 1; i > index; i--)
        {
            var frame = _open[i];
            frame.Entity.SetBodyEnd(_previousContentEnd);
            if (frame.Boundary is null) continue;
            Report(frame.Seen ? MimeDefect.UnclosedMultipart : MimeDefect.MissingBoundary);
            _boundaries--;
        }
        _open.RemoveRange(index + 1, _open.Count - index - 1);
    }

    /// <summary>Reads headers, and of messages within messages the inner ones too; each iteration is one entity.</summary>
    private MimeEntity ReadEntity(MimeEntity? parent)
    {
        MimeEntity? first = null;
        var pending = false;
        do
        {
            _parts++;
            var start = _lines.End;
            var block = ReadHeaderBlock(parent is null, out pending);
            var headers = MimeHeaders.Parse(block, _limits.MaxHeaders, out var truncated);
            var has8BitHeader = !System.Text.Unicode.Utf8.IsValid(block.Span);
            if (has8BitHeader) Report(MimeDefect.EightBitHeader);
            if (truncated) Report(MimeDefect.HeaderTruncated);
            var bodyStart = pending ? _lines.Start : _lines.End;
            var entity = new MimeEntity(_source, start, bodyStart, headers, has8BitHeader, parent, _limits, _defects);
            parent?.AddChild(entity);
            first ??= entity;
            parent = Push(entity);
        }
        while (parent is not null && !pending && _parts < _limits.MaxParts);
        _lineAtHand = pending;
        return first;
    }

    /// <summary>Opens an entity. The answer is the entity when a message begins right in its body.</summary>
    private MimeEntity? Push(MimeEntity entity)
    {
        byte[]? boundary = null;
        if (entity.ContentType.IsMultipart)
        {
            var value = entity.ContentType.Parameter("boundary")?.TrimEnd();
            if (_open.Count >= _limits.MaxDepth) Report(MimeDefect.TooDeep);
            else boundary = value is null || value.Length > MaxBoundary ? [] : Encoding.UTF8.GetBytes(value);
            if (boundary is []) Report(MimeDefect.MissingBoundary);
        }
        _open.Add(new Frame(entity, boundary));
        if (boundary is not null) _boundaries++;
        if (!entity.IsEmbeddedMessage) return null;
        if (_open.Count < _limits.MaxDepth) return entity;
        Report(MimeDefect.TooDeep);
        return null;
    }

    /// <summary>
    /// The octets of a header block. <paramref name="pending"/> says that the line at hand is not part of it and was not an empty line:
    /// a boundary, or text where a field should be.
    /// </summary>
    private ReadOnlyMemory<byte> ReadHeaderBlock(bool isRoot, out bool pending)
    {
        pending = false;
        long start = _lines.End, end = start;
        var full = false;
        while (_lines.Next())
        {
            var line = _lines.Content;
            if (line.TrimEnd((byte)'\r').IsEmpty) break; // CR CR LF comes from careless conversions
            if (isRoot && _lines.Start == 0 && !IsField(line) && (line.StartsWith("From "u8) || line.StartsWith(">From "u8)))
            {
                Report(MimeDefect.MboxFromLine);
                start = end = _lines.End;
                continue;
            }
            var isField = line[0] is (byte)' ' or (byte)'\t' ? _lines.Start > start || isRoot : IsField(line);
            if (!isField)
            {
                pending = true;
                if (!line.StartsWith("--"u8)) Report(MimeDefect.MissingHeaderEnd);
                break;
            }
            full |= _lines.End - start > _limits.MaxHeaderBytes;
            if (!full) end = _lines.End;
        }
        if (full) Report(MimeDefect.HeaderTruncated);
        var block = _source.Slice(start, end - start);
        return block.IsSingleSegment ? block.First : block.ToArray();
    }

    // RFC 5322 §2.2, with the space before the colon of §4.5
    private static bool IsField(ReadOnlySpan<byte> line)
    {
        var colon = line[..Math.Min(line.Length, MaxName)].IndexOf((byte)':');
        return colon > 0 && line[..colon].TrimEnd(" \t"u8).IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
    }

    private readonly void Report(MimeDefect defect)
    {
        if (!_defects.Contains(defect)) _defects.Add(defect);
    }
}
