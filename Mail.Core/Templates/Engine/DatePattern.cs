using System.Globalization;
using System.Text;

namespace Mail.Core.Templates.Engine;

/// <summary>Writes a date by a pattern of letters, such as <c>EEEE, d MMMM yyyy HH:mm</c> (as in Unicode LDML).</summary>
internal static class DatePattern
{
    public const string Known = "yyyy yy MMMM MMM MM M dd d EEEE EEE HH H hh h mm m ss s a xxx";
    private const int MaxLength = 100;

    /// <summary>Null when the pattern has a letter that stands for nothing, or is too long.</summary>
    public static string? Format(DateTimeOffset date, string pattern, TemplateLocale locale)
    {
        if (pattern.Length > MaxLength)
            return null;
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length;)
        {
            var letter = pattern[i];
            if (letter == '\'')
            {
                i = AppendQuoted(text, pattern, i + 1);
                continue;
            }
            if (!char.IsAsciiLetter(letter))
            {
                text.Append(letter);
                i++;
                continue;
            }
            var end = i;
            while (end < pattern.Length && pattern[end] == letter)
                end++;
            if (Part(date, letter, end - i, locale) is not { } part)
                return null;
            text.Append(part);
            i = end;
        }
        return text.ToString();
    }

    private static string? Part(DateTimeOffset date, char letter, int count, TemplateLocale locale) => (letter, count) switch
    {
        ('y', 4) => Digits(date.Year, 4),
        ('y', 2) => Digits(date.Year % 100, 2),
        ('M', 4) => locale.Months[date.Month - 1],
        ('M', 3) => locale.ShortMonths[date.Month - 1],
        ('M', 1 or 2) => Digits(date.Month, count),
        ('d', 1 or 2) => Digits(date.Day, count),
        ('E', 4) => locale.Days[(int)date.DayOfWeek],
        ('E', 3) => locale.ShortDays[(int)date.DayOfWeek],
        ('H', 1 or 2) => Digits(date.Hour, count),
        ('h', 1 or 2) => Digits(((date.Hour + 11) % 12) + 1, count),
        ('m', 1 or 2) => Digits(date.Minute, count),
        ('s', 1 or 2) => Digits(date.Second, count),
        ('a', 1) => date.Hour < 12 ? "AM" : "PM",
        ('x', 3) => date.ToString("zzz", CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string Digits(int number, int least) => number.ToString("D" + least, CultureInfo.InvariantCulture);

    // Two quotes are one.
    private static int AppendQuoted(StringBuilder text, string pattern, int start)
    {
        if (start < pattern.Length && pattern[start] == '\'')
        {
            text.Append('\'');
            return start + 1;
        }
        var end = pattern.IndexOf('\'', start);
        if (end < 0)
            end = pattern.Length;
        text.Append(pattern, start, end - start);
        return end + 1;
    }
}
