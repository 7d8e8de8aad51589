using System.Text;

namespace Mail.Protocol.AuthenticationResults;

/// <summary>Reads the value of an <c>Authentication-Results</c> field (RFC 8601 §2.2).</summary>
public static class AuthenticationResultsReader
{
    private const int MaxResults = 200, MaxProperties = 200;

    /// <summary>The content, or null when it breaks the grammar or has more than 200 results.</summary>
    public static AuthenticationResultsField? Read(string value)
    {
        var words = new ResultWords(value);
        if (ReadId(ref words) is not { } id)
            return null;

        var results = new List<AuthenticationResult>();
        while (words.Take(';'))
        {
            words.SkipSpace();
            if (words.AtEnd)
                break;
            if (words.TakeNone())
                continue;
            if (results.Count == MaxResults || ReadResult(ref words) is not { } result)
                return null;
            results.Add(result);
        }

        return words.AtEnd ? new AuthenticationResultsField(id, results) : null;
    }

    /// <summary>Only the authentication identifier in front; null when there is none to be read.</summary>
    public static string? ReadAuthservId(string value)
    {
        var words = new ResultWords(value);
        return ReadId(ref words);
    }

    private static string? ReadId(ref ResultWords words)
    {
        if (words.Value() is not { } id)
            return null;
        // RFC 8601 §2.2: authres-version
        words.SkipSpace();
        if (!words.AtEnd && !words.At(';') && words.Value() != "1")
            return null;
        words.SkipSpace();
        return id;
    }

    private static AuthenticationResult? ReadResult(ref ResultWords words)
    {
        if (words.Keyword() is not { } method)
            return null;
        if (words.Take('/') && words.Keyword() is null)
            return null;
        if (!words.Take('=') || words.Keyword() is not { } word)
            return null;

        string? reason = null;
        var properties = new List<AuthenticationProperty>();
        for (words.SkipSpace(); !words.AtEnd && !words.At(';'); words.SkipSpace())
        {
            if (words.Keyword() is not { } name)
                return null;
            if (words.Take('='))
            {
                if (words.Value() is not { } text)
                    return null;
                // Outlook.com writes "action=none" and the like among the properties.
                if (name.Equals("reason", StringComparison.OrdinalIgnoreCase))
                    reason = text;
            }
            else if (properties.Count < MaxProperties && words.Take('.') && words.Keyword() is { } property
                && words.Take('=') && words.Value() is { } value)
            {
                properties.Add(new AuthenticationProperty(name.ToLowerInvariant(), property.ToLowerInvariant(), value));
            }
            else
            {
                return null;
            }
        }

        return new AuthenticationResult(method.ToLowerInvariant(), word.ToLowerInvariant()) { Reason = reason, Properties = properties };
    }

    /// <summary>Walks the words; comments and folding white space between them do not count.</summary>
    private ref struct ResultWords(string text)
    {
        private int _at;

        public readonly bool AtEnd => _at >= text.Length;

        public readonly bool At(char character) => _at < text.Length && text[_at] == character;

        public bool Take(char character)
        {
            SkipSpace();
            if (!At(character))
                return false;
            _at++;
            return true;
        }

        public bool TakeNone()
        {
            var before = _at;
            if (Keyword() is { } word && word.Equals("none", StringComparison.OrdinalIgnoreCase))
            {
                SkipSpace();
                if (AtEnd || At(';'))
                    return true;
            }

            _at = before;
            return false;
        }

        public string? Keyword()
        {
            SkipSpace();
            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '-' or '_'))
                _at++;
            return _at > start ? text[start.._at] : null;
        }

        /// <summary>A token, a quoted string, or both joined as in an address; up to white space, a comment or a semicolon.</summary>
        public string? Value()
        {
            SkipSpace();
            var value = new StringBuilder();
            var start = _at;
            while (_at < text.Length && text[_at] is not (' ' or '\t' or '\r' or '\n' or ';' or '('))
            {
                if (text[_at] != '"')
                    value.Append(text[_at++]);
                else if (!ReadQuoted(value))
                    return null;
            }

            return _at > start ? value.ToString() : null;
        }

        public void SkipSpace()
        {
            // RFC 5322 §3.2.2: comments nest; a counter needs no stack.
            var depth = 0;
            for (; _at < text.Length; _at++)
            {
                var character = text[_at];
                if (character == '\\' && depth > 0)
                    _at++;
                else if (character == '(')
                    depth++;
                else if (character == ')' && depth > 0)
                    depth--;
                else if (depth == 0 && character is not (' ' or '\t' or '\r' or '\n'))
                    return;
            }

            _at = text.Length;
        }

        private bool ReadQuoted(StringBuilder value)
        {
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] == '"')
                {
                    _at++;
                    return true;
                }

                if (text[_at] == '\\' && ++_at == text.Length)
                    return false;
                if (text[_at] is not ('\r' or '\n'))
                    value.Append(text[_at]);
            }

            return false;
        }
    }
}
