namespace Mail.Protocol.Spf;

/// <summary>A text with macros (RFC 7208 §7.1), parsed.</summary>
internal sealed class SpfMacroString
{
    private const string Letters = "slodiphcrtv";
    private const string ExplanationLetters = "crt";
    private const string Delimiters = ".-+,/_=";

    private SpfMacroString(List<SpfMacroPart> parts)
    {
        Parts = parts;
    }

    public IReadOnlyList<SpfMacroPart> Parts { get; }

    /// <summary>Whether the sender's local part goes into it.</summary>
    public bool UsesLocalPart => Parts.Any(p => p.Letter is 's' or 'l');

    /// <summary>A domain-spec: no macros of explanations, and at the end a macro or a label that can be a top-level one.</summary>
    public static SpfMacroString? ParseDomain(ReadOnlySpan<char> text)
    {
        if (Parse(text, spaceAllowed: false) is not { } macros || macros.Parts.Any(p => ExplanationLetters.Contains(p.Letter)))
            return null;
        return macros.Parts.Count > 0 && (macros.Parts[^1].IsExpansion || EndsWithTopLabel(macros.Parts[^1].Text)) ? macros : null;
    }

    /// <summary>The value of a modifier without meaning here: checked, then ignored (RFC 7208 §6).</summary>
    public static bool IsModifierValue(ReadOnlySpan<char> text) => Parse(text, spaceAllowed: false) is not null;

    /// <summary>An explain-string, in which spaces may stand.</summary>
    public static SpfMacroString? ParseExplanation(ReadOnlySpan<char> text) => Parse(text, spaceAllowed: true);

    private static SpfMacroString? Parse(ReadOnlySpan<char> text, bool spaceAllowed)
    {
        var parts = new List<SpfMacroPart>();
        while (!text.IsEmpty)
        {
            var literal = text.IndexOf('%');
            literal = literal < 0 ? text.Length : literal;
            if (literal > 0)
            {
                if (!IsVisible(text[..literal], spaceAllowed))
                    return null;
                parts.Add(SpfMacroPart.Literal(text[..literal].ToString()));
                text = text[literal..];
            }
            else if (!TryParseExpansion(ref text, out var part))
                return null;
            else
                parts.Add(part);
        }
        return new SpfMacroString(parts);
    }

    private static bool TryParseExpansion(ref ReadOnlySpan<char> text, out SpfMacroPart part)
    {
        part = null!;
        if (text.Length < 2)
            return false;
        var simple = text[1] switch { '%' => "%", '_' => " ", '-' => "%20", _ => null };
        if (simple is not null)
        {
            part = SpfMacroPart.Literal(simple) with { IsExpansion = true };
            text = text[2..];
            return true;
        }
        var end = text.IndexOf('}');
        if (text[1] != '{' || end < 0 || !TryParseMacro(text[2..end], out part))
            return false;
        text = text[(end + 1)..];
        return true;
    }

    // macro-letter transformers *delimiter: "l1r-"
    private static bool TryParseMacro(ReadOnlySpan<char> text, out SpfMacroPart part)
    {
        part = null!;
        if (text.IsEmpty || !Letters.Contains(char.ToLowerInvariant(text[0])))
            return false;
        var (letter, at, keep) = (text[0], 1, 0);
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
            keep = Math.Min((keep * 10) + text[at] - '0', 1000);
        // RFC 7208 §7.1: a number of parts must not be zero.
        if (at > 1 && keep == 0)
            return false;
        var reversed = at < text.Length && text[at] is 'r' or 'R';
        var delimiters = text[(reversed ? at + 1 : at)..];
        foreach (var delimiter in delimiters)
        {
            if (!Delimiters.Contains(delimiter))
                return false;
        }
        part = new SpfMacroPart("", char.ToLowerInvariant(letter), keep, reversed, delimiters.ToString(), char.IsAsciiLetterUpper(letter), true);
        return true;
    }

    private static bool IsVisible(ReadOnlySpan<char> text, bool spaceAllowed)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~' || (c == ' ' && !spaceAllowed))
                return false;
        }
        return true;
    }

    // toplabel: letters and digits with at least one letter, or with a hyphen inside.
    private static bool EndsWithTopLabel(string literal)
    {
        var text = literal.AsSpan();
        text = text.EndsWith(".") ? text[..^1] : text;
        var dot = text.LastIndexOf('.');
        if (dot < 0)
            return false;
        var label = text[(dot + 1)..];
        if (label.IsEmpty || label[0] == '-' || label[^1] == '-')
            return false;
        var onlyDigits = true;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
            onlyDigits &= char.IsAsciiDigit(c);
        }
        return !onlyDigits;
    }
}

/// <summary>A stretch of literal text, or one macro: its letter in lower case, how many parts to keep (0: all), and how to cut.</summary>
internal sealed record SpfMacroPart(string Text, char Letter, int Keep, bool Reversed, string Delimiters, bool UrlEscaped, bool IsExpansion)
{
    public static SpfMacroPart Literal(string text) => new(text, '\0', 0, false, "", false, false);
}
