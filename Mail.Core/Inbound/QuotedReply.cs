using System.Text.RegularExpressions;

namespace Mail.Core.Inbound;

/// <summary>Takes what a reply quotes off its text, by the habits of mail programs. A guess, which is why the text stays beside it.</summary>
internal static partial class QuotedReply
{
    private const int MaxLines = 20_000;
    private const int MaxIntroduction = 400;

    public static string Strip(string text)
    {
        var lines = text.Split('\n', MaxLines + 1).Take(MaxLines).Select(line => line.TrimEnd()).ToList();
        var end = lines.Count;
        for (var i = 0; i < lines.Count; i++)
        {
            if (IsDivider(lines[i]) || IsIntroduction(lines, i))
            {
                end = i;
                break;
            }
        }
        var kept = lines.Take(end).Where(line => !line.StartsWith('>')).ToList();
        // RFC 3676 §4.3: what follows is the signature.
        var signature = lines.Take(end).ToList().FindIndex(line => line == "--");
        if (signature >= 0)
            kept = [.. lines.Take(signature).Where(line => !line.StartsWith('>'))];
        return string.Join('\n', kept).Trim();
    }

    private static bool IsDivider(string line) =>
        line.Length is > 0 and <= MaxIntroduction && (OriginalMessage().IsMatch(line) || line.TrimStart().StartsWith("________________________________", StringComparison.Ordinal));

    // "On …, … wrote:" on one line or broken over two, in the languages that are common; or nothing but an end in ":" before a quotation.
    private static bool IsIntroduction(List<string> lines, int at)
    {
        var line = lines[at];
        if (line.Length is 0 or > MaxIntroduction)
            return false;
        var both = at + 1 < lines.Count ? $"{line} {lines[at + 1]}" : line;
        return Wrote().IsMatch(line) || (both.Length <= MaxIntroduction && Wrote().IsMatch(both))
            || (line.EndsWith(':') && line.Contains('@', StringComparison.Ordinal) && lines.Skip(at + 1).FirstOrDefault(next => next.Length > 0)?.StartsWith('>') == true);
    }

    [GeneratedRegex(@"^\s*-{2,}\s*(original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|forwarded message)\s*-{2,}\s*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 200)]
    private static partial Regex OriginalMessage();

    [GeneratedRegex(@"^(on|am|le|el|il)\s.{6,300}\s(wrote|schrieb\s.{1,200}|a écrit|escribió|ha scritto)\s?:$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Wrote();
}
