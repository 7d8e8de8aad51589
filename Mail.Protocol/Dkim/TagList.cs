using System.Buffers;
using System.Text;

namespace Mail.Protocol.Dkim;

/// <summary>
/// A tag=value list (RFC 6376 §3.2) over its octets: names are case-sensitive, a name may stand only once,
/// white space around names and values does not count.
/// </summary>
internal sealed class TagList
{
    private const int MaxTags = 64;

    private static readonly SearchValues<byte> s_nameOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private readonly List<Tag> _tags = [];

    private TagList(byte[] octets) => Octets = octets;

    public byte[] Octets { get; }

    /// <summary>The list, or null when it breaks the syntax.</summary>
    public static TagList? Parse(ReadOnlySpan<byte> text)
    {
        var list = new TagList(text.ToArray());
        return list.ReadTags() ? list : null;
    }

    public bool Has(string name) => Find(name) is not null;

    public bool IsFirst(string name) => _tags.Count > 0 && _tags[0].Name == name;

    /// <summary>The value without white space around it, or null when there is no such tag.</summary>
    public string? Text(string name) => Find(name) is { } tag ? Encoding.UTF8.GetString(Octets[tag.Value]) : null;

    /// <summary>The value without any white space in it, for colon lists and base64.</summary>
    public string? Compact(string name) => Text(name) is { } text && text.AsSpan().ContainsAny(" \t\r\n")
        ? string.Concat(text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        : Text(name);

    /// <summary>The parts of a colon-separated value.</summary>
    public string[] Parts(string name) => Compact(name)?.Split(':') ?? [];

    /// <summary>Decoded base64, or null when the tag is missing or its value no base64.</summary>
    public byte[]? Base64(string name)
    {
        if (Compact(name) is not { } text)
            return null;
        var octets = new byte[text.Length / 4 * 3];
        return Convert.TryFromBase64String(text, octets, out var written) ? octets[..written] : null;
    }

    /// <summary>RFC 6376 §3.5, tag b: the octets with the value of one tag taken out, white space around it included.</summary>
    public byte[] Without(string name) =>
        Find(name) is { } tag ? [.. Octets[..tag.Whole.Start], .. Octets[tag.Whole.End..]] : Octets;

    private Tag? Find(string name) => _tags.Find(tag => tag.Name == name);

    private bool ReadTags()
    {
        var start = 0;
        while (start < Octets.Length)
        {
            var semicolon = Octets.AsSpan(start).IndexOf((byte)';');
            var end = semicolon < 0 ? Octets.Length : start + semicolon;
            if (IsBlank(start, end) && semicolon < 0)
                break;
            if (_tags.Count == MaxTags || ReadTag(start, end) is not { } tag || Has(tag.Name))
                return false;
            _tags.Add(tag);
            start = end + 1;
        }

        return _tags.Count > 0;
    }

    private Tag? ReadTag(int start, int end)
    {
        var equals = Octets.AsSpan(start, end - start).IndexOf((byte)'=');
        if (equals < 0)
            return null;

        var (nameStart, nameEnd) = Trim(start, start + equals);
        var name = Octets.AsSpan(nameStart..nameEnd);
        if (name.IsEmpty || !char.IsAsciiLetter((char)name[0]) || name.ContainsAnyExcept(s_nameOctets))
            return null;

        var whole = start + equals + 1;
        var (valueStart, valueEnd) = Trim(whole, end);
        return HasOnlyValueOctets(Octets.AsSpan(valueStart..valueEnd))
            ? new Tag(Encoding.ASCII.GetString(name), valueStart..valueEnd, whole..end)
            : null;
    }

    // RFC 6376 §3.2 tval; RFC 8616 §5 allows UTF-8.
    private static bool HasOnlyValueOctets(ReadOnlySpan<byte> value)
    {
        foreach (var octet in value)
        {
            if (octet is (< (byte)' ' and not ((byte)'\t' or (byte)'\r' or (byte)'\n')) or 0x7F)
                return false;
        }

        return true;
    }

    private bool IsBlank(int start, int end) => Trim(start, end) is var (from, to) && from == to;

    private (int Start, int End) Trim(int start, int end)
    {
        while (start < end && IsSpace(Octets[start]))
            start++;
        while (end > start && IsSpace(Octets[end - 1]))
            end--;
        return (start, end);
    }

    private static bool IsSpace(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private sealed record Tag(string Name, Range Value, Range Whole);
}
