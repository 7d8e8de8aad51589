using System.Buffers;
using System.Buffers.Text;

namespace Mail.Integrations.Redis;

/// <summary>
/// Reads answers in RESP2 and RESP3. It keeps its place between calls, so that an answer arriving in many pieces costs no more than
/// one arriving whole, and it nests on its own stack, so that a hostile answer cannot exhaust that of the thread.
/// </summary>
internal sealed class RespParser(RespLimits limits)
{
    private readonly Stack<Frame> _frames = new();
    private int _elements;
    private long _bytes;

    /// <summary>Consumes from the buffer up to the end of one answer; false when more bytes are needed.</summary>
    /// <exception cref="RedisProtocolException">Not RESP, or beyond the limits.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out RedisResult result)
    {
        while (TryReadElement(ref buffer, out var element))
        {
            if (element is null || !TryClose(element, out result!)) continue;
            _elements = 0;
            _bytes = 0;
            return true;
        }
        result = RedisResult.Null;
        return false;
    }

    /// <summary>Reads one scalar or one aggregate header. A header with elements to come gives null.</summary>
    private bool TryReadElement(ref ReadOnlySequence<byte> buffer, out RedisResult? element)
    {
        element = null;
        if (!TryReadLine(buffer, out var line, out var rest)) return false;
        if (line.IsEmpty) throw new RedisProtocolException("An answer begins with an empty line.");
        var type = (char)line[0];
        var text = line[1..];
        switch (type)
        {
            case '$' or '=' or '!':
                if (!TryReadBulk(type, text, ref rest, out element)) return false;
                break;
            case '*' or '%' or '~' or '>' or '|':
                element = OpenAggregate(type, text);
                break;
            default:
                element = Scalar(type, text);
                break;
        }
        Count();
        buffer = rest;
        return true;
    }

    private bool TryReadLine(ReadOnlySequence<byte> buffer, out ReadOnlySpan<byte> line, out ReadOnlySequence<byte> rest)
    {
        var reader = new SequenceReader<byte>(buffer);
        line = [];
        rest = buffer;
        if (!reader.TryReadTo(out ReadOnlySequence<byte> found, (byte)'\n'))
            return buffer.Length > limits.LineBytes ? throw new RedisProtocolException("A line of an answer is too long.") : false;
        if (found.Length > limits.LineBytes) throw new RedisProtocolException("A line of an answer is too long.");
        line = found.IsSingleSegment ? found.FirstSpan : found.ToArray();
        if (line.IsEmpty || line[^1] != '\r') throw new RedisProtocolException("A line of an answer does not end in CR LF.");
        line = line[..^1];
        rest = reader.UnreadSequence;
        return true;
    }

    private bool TryReadBulk(char type, ReadOnlySpan<byte> text, ref ReadOnlySequence<byte> rest, out RedisResult? element)
    {
        element = null;
        var length = Length(text, limits.BulkBytes);
        if (length < 0)
        {
            element = RedisResult.Null;
            return true;
        }
        if (_bytes + length > limits.ReplyBytes) throw new RedisProtocolException("An answer is too large.");
        if (rest.Length < length + 2L) return false;
        var end = rest.Slice(length, 2);
        if (end.FirstSpan[0] != '\r' || end.Slice(1).FirstSpan[0] != '\n') throw new RedisProtocolException("A bulk string does not end in CR LF.");
        var bytes = rest.Slice(0, length).ToArray();
        _bytes += length;
        rest = rest.Slice(length + 2L);
        element = type switch
        {
            '$' => new RedisResult(RedisResultKind.BulkString, bytes),
            '!' => new RedisResult(RedisResultKind.Error, bytes),
            // Verbatim text opens with its format: "txt:".
            _ when bytes.Length >= 4 && bytes[3] == ':' => new RedisResult(RedisResultKind.VerbatimString, (ReadOnlyMemory<byte>)bytes.AsMemory(4)),
            _ => throw new RedisProtocolException("A verbatim string has no format."),
        };
        return true;
    }

    private RedisResult? OpenAggregate(char type, ReadOnlySpan<byte> text)
    {
        var pairs = type is '%' or '|';
        var count = Length(text, limits.Elements);
        if (count < 0) return type == '*' ? RedisResult.Null : throw new RedisProtocolException("An aggregate has a negative count.");
        if (pairs) count = checked(count * 2);
        if (_elements + (long)count > limits.Elements) throw new RedisProtocolException("An answer has too many elements.");
        var kind = type switch
        {
            '%' or '|' => RedisResultKind.Map,
            '~' => RedisResultKind.Set,
            '>' => RedisResultKind.Push,
            _ => RedisResultKind.Array,
        };
        if (count == 0) return type == '|' ? null : new RedisResult(kind, (IReadOnlyList<RedisResult>)[]);
        if (_frames.Count >= limits.Depth) throw new RedisProtocolException("An answer is nested too deeply.");
        _frames.Push(new Frame(kind, count, IsAttribute: type == '|'));
        return null;
    }

    private static RedisResult Scalar(char type, ReadOnlySpan<byte> text) => type switch
    {
        '+' => new RedisResult(RedisResultKind.SimpleString, text.ToArray()),
        '-' => new RedisResult(RedisResultKind.Error, text.ToArray()),
        ':' when IsInteger(text) => new RedisResult(RedisResultKind.Integer, text.ToArray()),
        ',' => new RedisResult(RedisResultKind.Double, text.ToArray()),
        '(' => new RedisResult(RedisResultKind.BigNumber, text.ToArray()),
        '#' when text is [(byte)'t'] => new RedisResult(RedisResultKind.Boolean, 1),
        '#' when text is [(byte)'f'] => new RedisResult(RedisResultKind.Boolean, 0),
        '_' when text.IsEmpty => RedisResult.Null,
        _ => throw new RedisProtocolException("An answer has an unknown type or a malformed scalar."),
    };

    /// <summary>Puts a complete element into the aggregate it belongs to; true when that completes the whole answer.</summary>
    private bool TryClose(RedisResult element, out RedisResult? result)
    {
        result = element;
        while (_frames.TryPeek(out var frame))
        {
            frame.Items.Add(result!);
            if (frame.Items.Count < frame.Expected) return false;
            _frames.Pop();
            // Attributes describe the answer behind them; nobody here asks for them.
            if (frame.IsAttribute) return false;
            result = new RedisResult(frame.Kind, frame.Items);
        }
        return true;
    }

    private void Count()
    {
        if (++_elements > limits.Elements) throw new RedisProtocolException("An answer has too many elements.");
    }

    private static bool IsInteger(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long _, out var used) && used == text.Length && used > 0;

    /// <summary>A length or count; −1 means null.</summary>
    private static int Length(ReadOnlySpan<byte> text, int maximum)
    {
        if (!Utf8Parser.TryParse(text, out long length, out var used) || used != text.Length || length < -1)
            throw new RedisProtocolException("A length is malformed.");
        return length <= maximum ? (int)length : throw new RedisProtocolException("A length is beyond the limit.");
    }

    private sealed record Frame(RedisResultKind Kind, int Expected, bool IsAttribute)
    {
        // Not sized by the announced count: memory grows only with what really arrives.
        public List<RedisResult> Items { get; } = [];
    }
}
