using System.Buffers;
using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>Parameters of Content-Type and Content-Disposition, with RFC 2231 where a quoted string can't say it.</summary>
internal static class ParameterWriter
{
    private const int MaxQuoted = 60;
    private const int MaxSegment = 54;

    // RFC 2045 §5.1 token
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    // RFC 2231 §7 attribute-char
    private static readonly SearchValues<byte> AttributeCharacters =
        SearchValues.Create("!#$&+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    internal static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    internal static void Write(MimeOutput output, string name, string value)
    {
        value = HeaderText.WithoutControls(value);
        if (value.Length <= MaxQuoted && HeaderText.IsPrintable(value)) WriteQuoted(output, name, value);
        else WriteExtended(output, name, value);
    }

    private static void WriteQuoted(MimeOutput output, string name, string value)
    {
        var token = IsToken(value);
        output.WriteByte((byte)';');
        output.SpaceOrFold(name.Length + 1 + value.Length + (token ? 1 : 3));
        output.WriteUtf8(name);
        output.WriteByte((byte)'=');
        if (!token) output.WriteByte((byte)'"');
        foreach (var c in value)
        {
            if (c is '"' or '\\') output.WriteByte((byte)'\\');
            output.WriteByte((byte)c);
        }
        if (!token) output.WriteByte((byte)'"');
    }

    /// <summary>RFC 2231 §4.1: <c>name*=utf-8''…</c>, or <c>name*0*=utf-8''…; name*1*=…</c> when that takes more than a line.</summary>
    private static void WriteExtended(MimeOutput output, string name, string value)
    {
        var escaped = Escape(value);
        var several = escaped.Length > MaxSegment;
        for (int start = 0, section = 0; start < escaped.Length; section++)
        {
            var length = SegmentLength(escaped, start);
            var attribute = several ? $"{name}*{section}*=" : $"{name}*=";
            if (section == 0) attribute += "utf-8''";
            output.WriteByte((byte)';');
            output.SpaceOrFold(attribute.Length + length + 1);
            output.WriteUtf8(attribute);
            output.WriteUtf8(escaped.AsSpan(start, length));
            start += length;
        }
    }

    private static int SegmentLength(string escaped, int start)
    {
        var length = Math.Min(MaxSegment, escaped.Length - start);
        if (start + length == escaped.Length) return length;
        // not in the middle of %XX
        if (escaped[start + length - 1] == '%') return length - 1;
        return escaped[start + length - 2] == '%' ? length - 2 : length;
    }

    private static string Escape(string value)
    {
        var builder = new StringBuilder(value.Length * 3);
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            if (AttributeCharacters.Contains(octet)) builder.Append((char)octet);
            else builder.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return builder.ToString();
    }
}
