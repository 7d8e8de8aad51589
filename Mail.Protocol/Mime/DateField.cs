using System.Globalization;

namespace Mail.Protocol.Mime;

/// <summary>The date-time of header fields (RFC 5322 §3.3), strict when written.</summary>
internal static class DateField
{
    internal static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    internal static void Write(MimeOutput output, DateTimeOffset date)
    {
        Span<char> text = stackalloc char[40];
        date.TryFormat(text, out var length, "ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture);
        output.WriteUtf8(text[..length]);
        var offset = (int)date.Offset.TotalMinutes;
        var (sign, minutes) = (offset < 0 ? '-' : '+', Math.Abs(offset));
        ReadOnlySpan<char> zone =
        [
            sign, (char)('0' + minutes / 600), (char)('0' + minutes / 60 % 10), (char)('0' + minutes % 60 / 10), (char)('0' + minutes % 10),
        ];
        output.WriteUtf8(zone);
    }

    /// <summary>Reads what RFC 5322 §3.3 and §4.3 allow, and forms without day name, seconds or zone.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out date);
}
