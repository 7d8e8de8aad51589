using System.Globalization;
using System.Text;

namespace Mail.Protocol.Bounces;

/// <summary>A reply in the form that rules are matched with: codes apart, text in lower case on one line.</summary>
internal sealed class ReplyText
{
    private const int MaxCharacters = 4096;

    private ReplyText(int code, string enhanced, string text) => (Code, Enhanced, Text) = (code, enhanced, text);

    /// <summary>The reply code, or the hundred that the enhanced code stands for; 0 for neither.</summary>
    public int Code { get; }

    /// <summary>The enhanced code; empty for none.</summary>
    public string Enhanced { get; }

    public string Text { get; }

    public bool IsPermanent => Code is >= 500 and < 600;

    /// <summary>The subject of the enhanced code (RFC 3463 §2); 0 for none.</summary>
    public int Subject => Enhanced.Length > 0 ? Enhanced[2] - '0' : 0;

    public static ReplyText Of(BounceReply reply)
    {
        var code = reply.Code ?? 0;
        var enhanced = ReplyCodes.EnhancedAt(reply.EnhancedCode) ?? "";
        var text = new StringBuilder();
        foreach (var raw in reply.Text.AsSpan(0, Math.Min(reply.Text.Length, MaxCharacters)).EnumerateLines())
        {
            var line = raw.Trim();
            if (line.StartsWith("smtp;", StringComparison.OrdinalIgnoreCase))
                line = line[5..].TrimStart();
            if (TakeCode(ref line) is { } found && code == 0)
                code = found;
            if (TakeEnhancedCode(ref line) is { } foundEnhanced && enhanced.Length == 0)
                enhanced = foundEnhanced;
            AppendWords(text, line);
        }

        if (code == 0 || enhanced.Length == 0)
        {
            var found = ReplyCodes.Find(text.ToString());
            code = code == 0 ? found.Code ?? 0 : code;
            enhanced = enhanced.Length == 0 ? found.Enhanced ?? "" : enhanced;
        }

        if (code == 0 && enhanced.Length > 0)
            code = 100 * (enhanced[0] - '0');
        return new ReplyText(code, enhanced, text.ToString());
    }

    /// <summary>Lower case, one space between words. Addresses go: whoever chose one must not choose the verdict.</summary>
    private static void AppendWords(StringBuilder text, ReadOnlySpan<char> line)
    {
        foreach (var range in line.SplitAny(' ', '\t', '\u00a0'))
        {
            var word = line[range];
            if (word.IsEmpty || word.Contains('@'))
                continue;
            foreach (var character in word)
                text.Append(char.ToLowerInvariant(character));
            text.Append(' ');
        }
    }

    private static int? TakeCode(ref ReadOnlySpan<char> line)
    {
        if (line.Length < 3 || line[0] is < '2' or > '5' || !int.TryParse(line[..3], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            || !ReplyCodes.IsEnd(line[3..]))
            return null;
        line = line[Math.Min(4, line.Length)..].TrimStart();
        return code;
    }

    // Some servers write "(#5.1.1)" or "#5.1.1" instead.
    private static string? TakeEnhancedCode(ref ReadOnlySpan<char> line)
    {
        var start = line.TrimStart("(#[");
        if (ReplyCodes.EnhancedAt(start) is not { } code)
            return null;
        line = start[code.Length..].TrimStart(":)] -");
        return code;
    }
}
