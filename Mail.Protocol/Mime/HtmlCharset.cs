using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>The charset an HTML part names in its own head, for parts whose Content-Type names none.</summary>
internal static class HtmlCharset
{
    private const int Prefix = 1024; // as much as browsers look at

    internal static string? Find(ReadOnlySpan<byte> html)
    {
        var head = Encoding.Latin1.GetString(html[..Math.Min(html.Length, Prefix)]).ToLowerInvariant().AsSpan();
        var meta = head.IndexOf("<meta");
        var found = meta < 0 ? -1 : head[meta..].IndexOf("charset=");
        if (found < 0) return null;
        var value = head[(meta + found + "charset=".Length)..].TrimStart("\"' ");
        var end = value.IndexOfAny("\"'> ;/");
        return end > 0 ? value[..end].ToString() : null;
    }
}
