namespace Mail.Core.Templates.Inlining;

/// <summary>Finds where pieces of CSS end: what stands in strings, comments and brackets is passed over.</summary>
internal static class CssScanner
{
    private const int MaxDepth = 64;

    /// <summary>The first of some characters that stands in no brackets; <paramref name="end"/> when there is none.</summary>
    public static int Find(string text, int from, int end, ReadOnlySpan<char> stops)
    {
        Span<char> closers = stackalloc char[MaxDepth];
        var depth = 0;
        for (var at = from; at < end; at++)
        {
            var character = text[at];
            if (depth == 0 && stops.Contains(character))
                return at;
            switch (character)
            {
                case '\\':
                    at++;
                    break;
                case '"' or '\'':
                    at = EndOfString(text, at, end);
                    break;
                case '/' when at + 1 < end && text[at + 1] == '*':
                    at = EndOfComment(text, at, end) - 1;
                    break;
                case '(' or '[' or '{':
                    if (depth == MaxDepth)
                        return end;
                    closers[depth++] = character == '(' ? ')' : character == '[' ? ']' : '}';
                    break;
                default:
                    if (depth > 0 && character == closers[depth - 1])
                        depth--;
                    break;
            }
        }
        return end;
    }

    /// <summary>Behind white space and comments.</summary>
    public static int SkipSpace(string text, int from, int end)
    {
        var at = from;
        while (at < end)
        {
            if (char.IsWhiteSpace(text[at]))
                at++;
            else if (text[at] == '/' && at + 1 < end && text[at + 1] == '*')
                at = EndOfComment(text, at, end);
            else
                break;
        }
        return at;
    }

    private static int EndOfComment(string text, int at, int end)
    {
        var close = at + 2 < end ? text.IndexOf("*/", at + 2, end - at - 2, StringComparison.Ordinal) : -1;
        return close < 0 ? end : close + 2;
    }

    // A string that is not closed ends with its line.
    private static int EndOfString(string text, int at, int end)
    {
        var quote = text[at];
        for (at++; at < end && text[at] != quote && text[at] is not ('\n' or '\r'); at++)
        {
            if (text[at] == '\\')
                at++;
        }
        return at;
    }
}
