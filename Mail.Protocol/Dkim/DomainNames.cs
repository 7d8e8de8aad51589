namespace Mail.Protocol.Dkim;

/// <summary>Domain names and selectors as tags and key look-ups need them.</summary>
internal static class DomainNames
{
    private const int MaxName = 253, MaxLabel = 63;

    /// <summary>Labels of letters, digits, hyphens and underscores (RFC 1035 §2.3.4 lengths). RFC 6376 §3.5 asks no more of s= and d=.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxName)
            return false;
        var label = 0;
        foreach (var character in name)
        {
            if (character == '.' ? label == 0 : !IsLabelCharacter(character) || label == MaxLabel)
                return false;
            label = character == '.' ? 0 : label + 1;
        }

        return label > 0;
    }

    public static bool IsSameOrBelow(string name, string parent) =>
        name.EndsWith(parent, StringComparison.OrdinalIgnoreCase)
        && (name.Length == parent.Length || name[name.Length - parent.Length - 1] == '.');

    private static bool IsLabelCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';
}
