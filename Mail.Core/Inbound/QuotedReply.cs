namespace Mail.Core.Inbound;

/// <summary>Takes what a reply quotes off its text, by the habits of mail programs. A guess, which is why the text stays beside it.</summary>
internal static class QuotedReply
{
    private const int MaxLines = 20_000;
    private const int MaxAdvertisements = 2;

    public static string Strip(string text)
    {
        var lines = text.Split('\n', MaxLines + 1).Take(MaxLines).Select(line => line.Replace('\u00A0', ' ').TrimEnd()).ToList();
        var kept = Keep(lines);
        for (var i = 0; i < MaxAdvertisements && kept.FindLastIndex(line => line.Length > 0) is >= 0 and var last && QuotationMarks.IsAdvertisement(kept[last]); i++)
            kept.RemoveRange(last, kept.Count - last);
        return string.Join('\n', kept).Trim();
    }

    private static List<string> Keep(List<string> lines)
    {
        var kept = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            // RFC 3676 §4.3: what follows is the signature, and what follows that is quoted.
            if (lines[i] == "--" || QuotationMarks.IsDivider(lines[i]) || QuotationMarks.IsHeader(lines, i))
                break;
            var introduction = QuotationMarks.IntroductionAt(lines, i);
            // Without marks there is no telling where the quotation ends; with marks the answer may stand beneath it.
            if (introduction > 0 && !QuotationMarks.IsQuotedAt(lines, i + introduction))
                break;
            if (introduction > 0)
                i += introduction - 1;
            else if (!lines[i].StartsWith('>') && !(lines[i].Length == 0 && kept is [.., ""]))
                kept.Add(lines[i]);
        }
        return kept;
    }
}
