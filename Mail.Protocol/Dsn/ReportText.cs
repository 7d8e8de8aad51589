using System.Globalization;
using System.Text;

namespace Mail.Protocol.Dsn;

/// <summary>What all reports are written with. No value can leave its field.</summary>
internal static class ReportText
{
    private const int MaxReturnedBytes = 64 * 1024, MaxValue = 900;

    /// <summary>The header of the message that the report is about.</summary>
    public static void AppendReturned(StringBuilder text, ReadOnlySpan<byte> header, string boundary)
    {
        if (header.Length > MaxReturnedBytes)
            header = header[..(header[..MaxReturnedBytes].LastIndexOf((byte)'\n') + 1)];
        Part(text, boundary, "text/rfc822-headers", "8bit");
        foreach (var line in Encoding.UTF8.GetString(header).Split('\n'))
        {
            var content = line.TrimEnd('\r');
            if (content.Length > 0 && !content.StartsWith("--", StringComparison.Ordinal))
                text.Append(Clean(content.Length > MaxValue ? content[..MaxValue] : content)).Append("\r\n");
        }

        text.Append("\r\n");
    }

    public static void Part(StringBuilder text, string boundary, string type, string encoding) =>
        text.Append("--").Append(boundary).Append("\r\nContent-Type: ").Append(type)
            .Append("\r\nContent-Transfer-Encoding: ").Append(encoding).Append("\r\n\r\n");

    public static void OptionalField(StringBuilder text, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
            Field(text, name, value);
    }

    public static void Field(StringBuilder text, string name, string value) =>
        text.Append(name).Append(": ").Append(OneLine(value)).Append("\r\n");

    /// <summary>RFC 5322 §2.1.1: a line has at most 998 octets; no control character ends it early.</summary>
    public static string OneLine(string value)
    {
        var line = Clean(value).Trim();
        while (Encoding.UTF8.GetByteCount(line) > MaxValue)
            line = line[..(line.Length * 9 / 10)];
        return line;
    }

    private static string Clean(string value) =>
        value.Any(char.IsControl) ? string.Concat(value.Select(c => c == '\t' ? '\t' : char.IsControl(c) ? ' ' : c)) : value;

    public static string Date(DateTimeOffset moment) =>
        moment.ToString("ddd, dd MMM yyyy HH':'mm':'ss ", CultureInfo.InvariantCulture) + moment.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
}
