namespace Mail.Protocol.Mime;

/// <summary>Message and content ids: <c>left@right</c> (RFC 5322 §3.6.4, RFC 2045 §7).</summary>
public static class MessageIdSyntax
{
    /// <summary>The longest id that is written, in octets: a line of 998 has room for it and the field name.</summary>
    public const int MaxLength = 900;

    /// <summary>True for what may stand between angle brackets in Message-ID: visible ASCII with one <c>@</c>, without specials.</summary>
    public static bool IsValid(ReadOnlySpan<char> id)
    {
        var at = id.IndexOf('@');
        return at > 0 && at < id.Length - 1 && IsValidContentId(id) && id[(at + 1)..].IndexOf('@') < 0;
    }

    /// <summary>As <see cref="IsValid"/>, but without the need of an <c>@</c>: most programs make such content ids.</summary>
    public static bool IsValidContentId(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= MaxLength && !id.ContainsAnyExceptInRange('!', '~') && !id.ContainsAny("<>()\\,;:\"[]");

    /// <summary>Reads <c>&lt;a@b&gt; &lt;c@d&gt;</c>; an id without brackets is taken too. At most 1,000 ids.</summary>
    internal static List<string> ReadList(ReadOnlySpan<char> text)
    {
        var ids = new List<string>();
        while (ids.Count < 1000)
        {
            var open = text.IndexOf('<');
            var close = open < 0 ? -1 : text[open..].IndexOf('>');
            if (close < 0) break;
            var id = WithoutBlanks(text.Slice(open + 1, close - 1));
            if (id.Length > 0) ids.Add(id);
            text = text[(open + close + 1)..];
        }
        var bare = text.Trim();
        if (ids.Count == 0 && !bare.IsEmpty && !bare.ContainsAny(" \t<>")) ids.Add(bare.ToString());
        return ids;
    }

    /// <summary>RFC 5322 §4.5.4: white space and comments within an id.</summary>
    private static string WithoutBlanks(ReadOnlySpan<char> id)
    {
        if (!id.ContainsAny(" \t(")) return id.ToString();
        var result = new System.Text.StringBuilder(id.Length);
        var depth = 0;
        foreach (var c in id)
        {
            if (c == '(') depth++;
            else if (c == ')' && depth > 0) depth--;
            else if (depth == 0 && c is not (' ' or '\t')) result.Append(c);
        }
        return result.ToString();
    }
}
