using System.Collections;
using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>A header field as it was received.</summary>
/// <param name="name">The name as written.</param>
/// <param name="rawValue">The octets behind the colon, folds included, without the last line end.</param>
public sealed class MimeHeader(string name, ReadOnlyMemory<byte> rawValue)
{
    private const byte Escape = 0x1b;

    private string? _unfolded, _decoded;

    /// <summary>The name as written.</summary>
    public string Name { get; } = name;

    /// <summary>The octets behind the colon, folds included, without the last line end.</summary>
    public ReadOnlyMemory<byte> RawValue { get; } = rawValue;

    /// <summary>The value unfolded (RFC 5322 §2.2.3) and trimmed; octets as UTF-8, else in the charset of the body, else windows-1252; encoded words as they are.</summary>
    public string Unfolded => _unfolded ??= Unfold(RawValue.Span, Charset);

    /// <summary>The charset of octets that are not UTF-8: mailers that do not encode headers use that of the body.</summary>
    internal string? Charset { get; set; }

    /// <summary>As <see cref="Unfolded"/>, with encoded words decoded (RFC 2047). Has no line breaks and no control characters but tabs.</summary>
    public string Decoded => _decoded ??= HeaderText.WithoutControls(EncodedWords.Decode(Unfolded));

    private static string Unfold(ReadOnlySpan<byte> raw, string? charset)
    {
        raw = raw.Trim(" \t\r\n"u8);
        if (raw.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0) return Decode(raw, charset);
        var octets = new byte[raw.Length];
        var length = 0;
        foreach (var octet in raw)
            if (octet is not ((byte)'\r' or (byte)'\n' or 0)) octets[length++] = octet;
        return Decode(octets.AsSpan(0, length), charset);
    }

    private static string Decode(ReadOnlySpan<byte> octets, string? charset)
    {
        if (octets.Contains(Escape)) return Charsets.Decode("iso-2022-jp", octets); // raw, without encoded words
        return charset is null || System.Text.Unicode.Utf8.IsValid(octets) ? Charsets.Guess(octets) : Charsets.Decode(charset, octets);
    }

    /// <summary>The field on one line.</summary>
    public override string ToString() => $"{Name}: {Unfolded}";
}

/// <summary>The fields of one header block, in order.</summary>
public sealed class MimeHeaders : IReadOnlyList<MimeHeader>
{
    private readonly List<MimeHeader> _fields;

    internal MimeHeaders(List<MimeHeader> fields) => _fields = fields;

    /// <inheritdoc/>
    public int Count => _fields.Count;

    /// <inheritdoc/>
    public MimeHeader this[int index] => _fields[index];

    /// <summary>The first field of this name (any case), or null.</summary>
    public MimeHeader? Find(string name)
    {
        foreach (var field in _fields)
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return field;
        return null;
    }

    /// <summary>All fields of this name, in order.</summary>
    public IEnumerable<MimeHeader> FindAll(string name) => _fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The decoded value of the first field of this name, or null.</summary>
    public string? Value(string name) => Find(name)?.Decoded;

    /// <inheritdoc/>
    public IEnumerator<MimeHeader> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Splits a block into fields; lines that are none have been dealt with before.</summary>
    internal static MimeHeaders Parse(ReadOnlyMemory<byte> block, int maxFields, out bool truncated)
    {
        var fields = new List<MimeHeader>();
        truncated = false;
        var span = block.Span;
        for (var start = 0; start < span.Length;)
        {
            var end = FieldEnd(span, start);
            var colon = span[start..end].IndexOf((byte)':');
            if (colon > 0)
            {
                truncated = fields.Count == maxFields;
                if (truncated) break;
                var name = Encoding.Latin1.GetString(span.Slice(start, colon).TrimEnd(" \t"u8)); // RFC 5322 §4.5: space before the colon
                var value = block[(start + colon + 1)..end];
                fields.Add(new MimeHeader(name, value[..value.Span.TrimEnd("\r\n"u8).Length]));
            }
            start = end;
        }
        return new MimeHeaders(fields);
    }

    private static int FieldEnd(ReadOnlySpan<byte> block, int start)
    {
        while (true)
        {
            var length = block[start..].IndexOf((byte)'\n');
            if (length < 0) return block.Length;
            start += length + 1;
            if (start >= block.Length || block[start] is not ((byte)' ' or (byte)'\t')) return start;
        }
    }
}
