using System.Text;
using Mail.Protocol.Arc;
using Mail.Protocol.Dkim;

namespace Mail.Protocol.AuthenticationResults;

/// <summary>Writes <c>Authentication-Results</c> (RFC 8601). Whatever the values hold, the field stays one field.</summary>
public static class AuthenticationResultsWriter
{
    private const int MaxClaimedValue = 320;

    /// <summary>The whole field with its CRLF, one method per line.</summary>
    public static string Write(string authservId, IReadOnlyList<AuthenticationResult> results) =>
        $"Authentication-Results: {WritePayload(authservId, results)}\r\n";

    /// <summary>What stands behind the colon, without the last CRLF; also the payload of <c>ARC-Authentication-Results</c>.</summary>
    public static string WritePayload(string authservId, IReadOnlyList<AuthenticationResult> results)
    {
        var text = new StringBuilder(Value(authservId));
        // RFC 8601 §2.2: no result is "none".
        if (results.Count == 0)
            return text.Append("; none").ToString();
        foreach (var result in results)
            Append(text.Append(";\r\n\t"), result);
        return text.ToString();
    }

    /// <summary>The results of a DKIM verification (RFC 8601 §2.7.1, RFC 6008 for <c>header.b</c>).</summary>
    public static IReadOnlyList<AuthenticationResult> Of(IReadOnlyList<DkimResult> results) => results.Count == 0
        ? [new AuthenticationResult("dkim", "none")]
        : [.. results.Select(Of)];

    /// <summary>The result of an ARC validation (RFC 8617 §10.1).</summary>
    public static AuthenticationResult Of(ArcResult result) => new("arc", Word(result.Status))
    {
        Reason = NullIfEmpty(result.Reason),
        Properties = result is { Status: ArcStatus.Pass, OldestPass: var oldest }
            ? [new("header", "oldest-pass", oldest.ToString(System.Globalization.CultureInfo.InvariantCulture))]
            : [],
    };

    private static AuthenticationResult Of(DkimResult result) => new("dkim", Word(result.Status))
    {
        Reason = NullIfEmpty(result.Reason),
        Properties =
        [
            .. Property("d", result.Domain),
            .. Property("s", result.Selector),
            .. Property("i", result.Identity),
            .. Property("a", result.Algorithm),
            .. Property("b", result.SignatureStart),
        ],
    };

    // Signatures may claim identities of any length; a line of the field has to stay under 998 octets (RFC 5322 §2.1.1).
    private static IEnumerable<AuthenticationProperty> Property(string name, string value) =>
        value.Length is 0 or > MaxClaimedValue ? [] : [new("header", name, value)];

    private static string Word<T>(T status) where T : struct, Enum => status.ToString().ToLowerInvariant();

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static void Append(StringBuilder text, AuthenticationResult result)
    {
        text.Append(Keyword(result.Method)).Append('=').Append(Keyword(result.Result));
        if (result.Comment is { } comment)
            text.Append(" (").Append(CommentText(comment)).Append(')');
        if (result.Reason is { } reason)
            text.Append(" reason=").Append(Value(reason));
        foreach (var (type, name, value) in result.Properties)
            text.Append("\r\n\t ").Append(Keyword(type)).Append('.').Append(Keyword(name)).Append('=').Append(PropertyValue(value));
    }

    // RFC 5321 §4.1.2 Keyword; these words come from code, so another one is an error of the caller.
    private static string Keyword(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? word
            : throw new ArgumentException($"'{word}' is no keyword.", nameof(word));

    /// <summary>RFC 8601 §2.2 pvalue: a value, or a domain or address as it is.</summary>
    private static string PropertyValue(string value) => IsAddress(value) ? value : Value(value);

    private static bool IsAddress(string value) => value.Length > 0
        && value.Count(c => c == '@') <= 1 && !value.EndsWith('@') && value.Replace("@", "", StringComparison.Ordinal).All(IsTokenCharacter);

    /// <summary>RFC 8601 §2.2 value: a token (RFC 2045 §5.1) or a quoted string.</summary>
    private static string Value(string value)
    {
        if (value.Length > 0 && value.All(IsTokenCharacter))
            return value;
        var quoted = new StringBuilder("\"");
        foreach (var character in value)
        {
            if (character is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(char.IsControl(character) ? ' ' : character);
        }

        return quoted.Append('"').ToString();
    }

    private static string CommentText(string comment) =>
        string.Concat(comment.Select(c => char.IsControl(c) || c is '(' or ')' or '\\' ? ' ' : c));

    private static bool IsTokenCharacter(char c) =>
        c is > ' ' and <= '~' and not ('(' or ')' or '<' or '>' or '@' or ',' or ';' or ':' or '\\' or '"' or '/' or '[' or ']' or '?' or '=')
        || (c >= '\u00a0' && char.IsLetterOrDigit(c));
}
