using System.Globalization;

namespace Mail.Protocol.Mime;

/// <summary>The date-time of header fields (RFC 5322 §3.3): strict when written, tolerant when read.</summary>
internal static class DateField
{
    private const int MaxLength = 200;
    private const string Months = "janfebmaraprmayjunjulaugsepoctnovdec";

    // RFC 5322 §4.3 obs-zone, and two that are common in Europe; in minutes
    private static readonly Dictionary<string, int> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["UT"] = 0, ["UTC"] = 0, ["GMT"] = 0, ["Z"] = 0, ["EST"] = -300, ["EDT"] = -240, ["CST"] = -360, ["CDT"] = -300, ["MST"] = -420, ["MDT"] = -360,
        ["PST"] = -480, ["PDT"] = -420, ["CET"] = 60, ["CEST"] = 120,
    };

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

    private struct Parts
    {
        internal int Day, Month, Year, Hour, Minute, Second, Zone;
        internal bool HasTime, HasYear, Afternoon;
    }

    /// <summary>Reads RFC 5322 §3.3 and §4.3, asctime, ISO 8601, and forms without day name, seconds or zone (then UTC).</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        if (text.Length > MaxLength) return false;
        if (text.Length > 10 && text[4] == '-') return TryParseIso(text, out date);
        var parts = new Parts();
        Span<char> buffer = stackalloc char[MaxLength];
        ReadOnlySpan<char> clean = buffer[..CopyWithoutComments(text, buffer)];
        foreach (var range in clean.SplitAny(' ', '\t', ',', '\r', '\n'))
            if (!clean[range].IsEmpty) ReadWord(clean[range], ref parts);
        return TryMake(parts, out date);
    }

    // RFC 5322 §4.3: comments and white space may stand anywhere, around the colons of the time too
    private static int CopyWithoutComments(ReadOnlySpan<char> text, Span<char> buffer)
    {
        int length = 0, depth = 0;
        foreach (var c in text)
        {
            if (c == '(') depth++;
            else if (c == ')') depth = Math.Max(0, depth - 1);
            if (depth > 0 || c == ')') continue;
            if (c is ' ' or '\t' && length > 0 && buffer[length - 1] is ':' or ' ') continue;
            if (c == ':' && length > 0 && buffer[length - 1] == ' ') length--;
            buffer[length++] = c == '\t' ? ' ' : c;
        }
        return length;
    }

    private static bool TryParseIso(ReadOnlySpan<char> text, out DateTimeOffset date) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);

    private static void ReadWord(ReadOnlySpan<char> word, ref Parts parts)
    {
        if (word[0] is '+' or '-' && word.Length > 1) ReadZone(word, ref parts);
        else if (word.Contains(':')) ReadTime(word, ref parts);
        else if (word.Contains('-') && char.IsAsciiDigit(word[0])) // 02-Jan-2026
            foreach (var range in word.Split('-')) ReadDatePart(word[range], ref parts);
        else ReadDatePart(word, ref parts);
    }

    private static void ReadDatePart(ReadOnlySpan<char> word, ref Parts parts)
    {
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            if (parts.Day == 0 && word.Length <= 2) parts.Day = number;
            else if (!parts.HasYear) (parts.Year, parts.HasYear) = (FullYear(number, word.Length), true);
            return;
        }
        if (parts.Month == 0 && word.Length >= 3)
        {
            var index = Months.AsSpan().IndexOf(word[..3], StringComparison.OrdinalIgnoreCase);
            if (index >= 0 && index % 3 == 0) parts.Month = index / 3 + 1;
        }
        if (word.Equals("PM", StringComparison.OrdinalIgnoreCase)) parts.Afternoon = true;
        if (Zones.TryGetValue(word.ToString(), out var zone)) parts.Zone = zone;
        else if (word.Length > 3 && word.StartsWith("GMT") || word.StartsWith("UTC")) ReadZone(word[3..], ref parts);
    }

    // RFC 5322 §4.3
    private static int FullYear(int year, int digits) => digits switch
    {
        <= 2 => year < 50 ? 2000 + year : 1900 + year,
        3 => 1900 + year,
        _ => year,
    };

    private static void ReadTime(ReadOnlySpan<char> word, ref Parts parts)
    {
        Span<int> fields = [0, 0, 0];
        var count = 0;
        foreach (var range in word.Split(':'))
        {
            if (count == 3) return;
            var field = word[range];
            var end = field.IndexOfAnyExceptInRange('0', '9');
            if (!int.TryParse(end < 0 ? field : field[..end], NumberStyles.None, CultureInfo.InvariantCulture, out fields[count])) return;
            count++;
        }
        (parts.Hour, parts.Minute, parts.Second, parts.HasTime) = (fields[0], fields[1], Math.Min(fields[2], 59), true); // :60 is a leap second
    }

    private static void ReadZone(ReadOnlySpan<char> word, ref Parts parts)
    {
        if (word.Length < 2) return;
        var digits = word[1..].ToString().Replace(":", "", StringComparison.Ordinal);
        if (digits.Length is < 1 or > 4 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return;
        var minutes = digits.Length <= 2 ? value * 60 : value / 100 * 60 + value % 100;
        if (minutes <= 14 * 60) parts.Zone = word[0] == '-' ? -minutes : minutes;
    }

    private static bool TryMake(Parts parts, out DateTimeOffset date)
    {
        date = default;
        var hour = parts.Afternoon && parts.Hour < 12 ? parts.Hour + 12 : parts.Hour;
        if (!parts.HasYear || !parts.HasTime || parts.Month == 0 || parts.Year is < 1 or > 9998 || hour > 23 || parts.Minute > 59) return false;
        if (parts.Day < 1 || parts.Day > DateTime.DaysInMonth(parts.Year, parts.Month) || parts.Year < 2) return false;
        date = new DateTimeOffset(parts.Year, parts.Month, parts.Day, hour, parts.Minute, parts.Second, TimeSpan.FromMinutes(parts.Zone));
        return true;
    }
}
