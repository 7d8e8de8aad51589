namespace Mail.Core.Text;

/// <summary>Finds the known name that a mistyped one most likely means.</summary>
public static class NearestName
{
    private const int MaxLength = 64;

    public static string? Of(string unknown, IEnumerable<string> known)
    {
        var text = unknown.Length > MaxLength ? unknown[..MaxLength] : unknown;
        return known.MinBy(name => Distance(text.ToLowerInvariant(), name.ToLowerInvariant()));
    }

    /// <summary>Edits between two texts: insert, delete, replace (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        Span<int> row = stackalloc int[other.Length + 1];
        for (var j = 0; j <= other.Length; j++)
            row[j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                var replace = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[other.Length];
    }
}
