namespace Mail.Api.Http;

/// <summary>Text that ends up in one line of a mail or of a list.</summary>
internal static class LineText
{
    /// <summary>C0 and C1 control characters, DEL, and the Unicode line separators.</summary>
    public static bool HasControl(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange(' ', '~'))
            return false;
        foreach (var character in text)
        {
            if (char.IsControl(character) || character is '\u2028' or '\u2029')
                return true;
        }
        return false;
    }
}
