using System.Globalization;
using System.Text;
using Mail.Core.Suppressions;

namespace Mail.Api.Features.Suppressions;

/// <summary>
/// The CSV form of a suppression list: one record a line, fields in quotes where they need it. A field that a spreadsheet
/// would take for a formula gets an apostrophe before it; reading takes that away again.
/// </summary>
internal static class SuppressionCsv
{
    public const string Headings = "id,email,reason,source,createdAt,expiresAt,messageId";
    private const string Formula = "=+-@\t\r'";

    public static string Write(Suppression suppression) => string.Join(',', new[]
    {
        suppression.Id.ToString(), Field(suppression.Email), suppression.Reason, suppression.Source, Instant(suppression.CreatedAt),
        suppression.ExpiresAt is { } expires ? Instant(expires) : "", suppression.Message?.ToString() ?? "",
    });

    /// <summary>The fields of a line; null when a quote is not closed or stands where none may.</summary>
    public static List<string>? Read(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        for (var at = 0; ; at++)
        {
            field.Clear();
            if (at < line.Length && line[at] == '"')
            {
                if (ReadQuoted(line, at + 1, field) is not { } end)
                    return null;
                at = end;
            }
            else
            {
                for (; at < line.Length && line[at] != ','; at++)
                {
                    if (line[at] == '"')
                        return null;
                    field.Append(line[at]);
                }
            }
            fields.Add(Unguarded(field.ToString().Trim(' ')));
            if (at >= line.Length)
                return fields;
            if (line[at] != ',')
                return null;
        }
    }

    // Where the field ends, behind its closing quote.
    private static int? ReadQuoted(string line, int at, StringBuilder field)
    {
        for (; at < line.Length; at++)
        {
            if (line[at] != '"')
                field.Append(line[at]);
            else if (at + 1 < line.Length && line[at + 1] == '"')
                field.Append(line[at++]);
            else
                return at + 1;
        }
        return null;
    }

    private static string Field(string text)
    {
        var safe = text.Length > 0 && Formula.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\" ") >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private static string Unguarded(string text) =>
        text.Length > 1 && text[0] == '\'' && Formula.Contains(text[1], StringComparison.Ordinal) ? text[1..] : text;

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
