using System.Buffers;
using System.Text;

namespace Mail.Protocol.Dkim;

/// <summary>One header field as it stands in the message, without its last line end.</summary>
internal readonly record struct RawField(int Start, int Length, int NameLength, int ValueStart);

/// <summary>
/// The header section in its exact octets, as signatures need it, and the body behind it.
/// </summary>
internal sealed class RawHeader
{
    private readonly ReadOnlyMemory<byte> _octets;
    private readonly List<RawField> _fields = [];

    private RawHeader(ReadOnlyMemory<byte> octets, ReadOnlySequence<byte> body)
    {
        _octets = octets;
        Body = body;
    }

    public ReadOnlySequence<byte> Body { get; }

    public IReadOnlyList<RawField> Fields => _fields;

    /// <summary>
    /// A line that is no field stands among them. Some readers take the body to begin there, so a signature must not
    /// pass: it would cover another message than the one they show. An mbox "From " line at the very start does not count.
    /// </summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The fields, or null when the header has more octets or fields than allowed.</summary>
    public static RawHeader? Read(in ReadOnlySequence<byte> message, int maxBytes, int maxFields)
    {
        if (HeaderOctets(message, maxBytes) is not { } octets)
            return null;

        var end = HeaderEnd(octets.Span, out var bodyStart);
        var header = new RawHeader(octets[..end], message.Slice(Math.Min(bodyStart, message.Length)));
        return header.ReadFields(maxFields) ? header : null;
    }

    public ReadOnlySpan<byte> Raw(RawField field) => _octets.Span.Slice(field.Start, field.Length);

    public ReadOnlySpan<byte> Name(RawField field) => _octets.Span.Slice(field.Start, field.NameLength);

    /// <summary>What stands behind the colon, folding and all.</summary>
    public ReadOnlySpan<byte> Value(RawField field) => Raw(field)[(field.ValueStart - field.Start)..];

    public bool Is(RawField field, ReadOnlySpan<byte> name) =>
        field.NameLength == name.Length && Ascii.EqualsIgnoreCase(Name(field), name);

    /// <summary>Octets that surely hold the header, in one piece; copied only if the message is not.</summary>
    private static ReadOnlyMemory<byte>? HeaderOctets(in ReadOnlySequence<byte> message, int maxBytes)
    {
        var first = message.First;
        if (message.IsSingleSegment || HeaderEnd(first.Span, out _) < first.Length)
            return Bounded(first, maxBytes);

        for (var take = Math.Min(64 * 1024L, maxBytes); ; take = Math.Min(take * 4, maxBytes))
        {
            ReadOnlyMemory<byte> copy = message.Slice(0, Math.Min(take + 4, message.Length)).ToArray();
            if (HeaderEnd(copy.Span, out _) < copy.Length || copy.Length == message.Length || take == maxBytes)
                return Bounded(copy, maxBytes);
        }
    }

    private static ReadOnlyMemory<byte>? Bounded(ReadOnlyMemory<byte> octets, int maxBytes) =>
        HeaderEnd(octets.Span.Length > maxBytes + 4 ? octets.Span[..(maxBytes + 4)] : octets.Span, out _) <= maxBytes
            ? octets
            : (ReadOnlyMemory<byte>?)null; // a bare null would become an empty memory

    /// <summary>RFC 5322 §2.1: the body starts behind the first empty line.</summary>
    private static int HeaderEnd(ReadOnlySpan<byte> octets, out int bodyStart)
    {
        var line = 0;
        while (line < octets.Length)
        {
            var emptyLine = octets[line..].StartsWith("\r\n"u8) ? 2 : octets[line] == '\n' ? 1 : 0;
            if (emptyLine > 0)
            {
                bodyStart = line + emptyLine;
                return line;
            }

            var lf = octets[line..].IndexOf((byte)'\n');
            if (lf < 0)
                break;
            line += lf + 1;
        }

        bodyStart = octets.Length;
        return octets.Length;
    }

    private bool ReadFields(int maxFields)
    {
        var octets = _octets.Span;
        var start = 0;
        while (start < octets.Length)
        {
            var end = FieldEnd(octets, start, out var next);
            if (Split(octets[start..end], start) is { } field)
            {
                if (_fields.Count == maxFields)
                    return false;
                _fields.Add(field);
            }
            else
            {
                IsMalformed |= start > 0 || !octets.StartsWith("From "u8);
            }

            start = next;
        }

        return true;
    }

    private static int FieldEnd(ReadOnlySpan<byte> octets, int start, out int next)
    {
        for (next = start; ;)
        {
            var lf = octets[next..].IndexOf((byte)'\n');
            if (lf < 0)
                return next = octets.Length;
            next += lf + 1;
            if (next < octets.Length && octets[next] is (byte)' ' or (byte)'\t')
                continue;
            return next >= 2 && octets[next - 2] == '\r' ? next - 2 : next - 1;
        }
    }

    private static RawField? Split(ReadOnlySpan<byte> field, int start)
    {
        var colon = field.IndexOf((byte)':');
        if (colon <= 0)
            return null;
        var name = field[..colon].TrimEnd(" \t"u8);
        return name.IsEmpty || name.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            ? null
            : new RawField(start, field.Length, name.Length, start + colon + 1);
    }
}
