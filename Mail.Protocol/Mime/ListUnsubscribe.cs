namespace Mail.Protocol.Mime;

/// <summary>How to leave a list: List-Unsubscribe (RFC 2369 §3.2) and its one-click form (RFC 8058).</summary>
/// <param name="Https">The https (or, when read, http) URI, or null.</param>
/// <param name="MailTo">The mailto URI, or null.</param>
/// <param name="OneClick">True when a POST to <paramref name="Https"/> unsubscribes without a further question.</param>
public sealed record ListUnsubscribe(string? Https, string? MailTo, bool OneClick)
{
    /// <summary>The longest URI that is written or read, in characters.</summary>
    public const int MaxUri = 800;

    private const string Field = "List-Unsubscribe", PostField = "List-Unsubscribe-Post", OneClickValue = "List-Unsubscribe=One-Click";
    private const int MaxUris = 20;

    /// <summary>The header fields. Both must be covered by the DKIM signature (RFC 8058 §4).</summary>
    /// <exception cref="ArgumentException">A URI is not of its scheme, too long, or has characters a URI may not have; or one click without https.</exception>
    public IReadOnlyList<HeaderField> ToHeaderFields()
    {
        if (Https is null && MailTo is null) throw new ArgumentException("Neither an https nor a mailto URI.");
        if (OneClick && Https is null) throw new ArgumentException("One click needs an https URI."); // RFC 8058 §3.1
        var uris = new List<string>(2);
        if (Https is not null) uris.Add(Bracketed(Https, "https://"));
        if (MailTo is not null) uris.Add(Bracketed(MailTo, "mailto:"));
        var field = HeaderField.Create(Field, string.Join(", ", uris));
        return OneClick ? [field, HeaderField.Create(PostField, OneClickValue)] : [field];
    }

    /// <summary>Reads the fields of a mail; null when there is no URI to use. Of each scheme the first counts (RFC 2369 §2: left to right).</summary>
    public static ListUnsubscribe? Parse(MimeHeaders headers)
    {
        string? https = null, http = null, mailTo = null;
        foreach (var field in headers.FindAll(Field).Take(MaxUris))
            foreach (var uri in ReadUris(field.Unfolded))
            {
                if (uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) https ??= uri;
                else if (uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) http ??= uri;
                else if (uri.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)) mailTo ??= uri;
            }
        if ((https ?? http ?? mailTo) is null) return null;
        // RFC 8058 §3.1: only with https, and only with this very value
        var oneClick = https is not null
            && string.Equals(headers.Find(PostField)?.Unfolded.Trim(), OneClickValue, StringComparison.OrdinalIgnoreCase);
        return new ListUnsubscribe(https ?? http, mailTo, oneClick);
    }

    private static string Bracketed(string uri, string scheme)
    {
        if (!uri.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || uri.Length is var length && (length > MaxUri || length == scheme.Length)
            || uri.AsSpan().ContainsAnyExceptInRange('!', '~') || uri.AsSpan().ContainsAny("<>\"\\^`{}|"))
            throw new ArgumentException($"Not a {scheme} URI.");
        // "=?" would look like an encoded word
        return $"<{uri.Replace("=?", "=%3F", StringComparison.Ordinal)}>";
    }

    /// <summary>Text between angle brackets, white space within taken out; all else is comment (RFC 2369 §2).</summary>
    private static List<string> ReadUris(ReadOnlySpan<char> value)
    {
        var uris = new List<string>();
        while (uris.Count < MaxUris)
        {
            var open = value.IndexOf('<');
            var close = open < 0 ? -1 : value[open..].IndexOf('>');
            if (close < 0) break;
            var uri = string.Concat(value.Slice(open + 1, close - 1).ToString().Where(static c => !char.IsWhiteSpace(c)));
            if (uri.Length is > 0 and <= MaxUri && !HeaderText.HasControl(uri)) uris.Add(uri);
            value = value[(open + close + 1)..];
        }
        return uris;
    }
}
