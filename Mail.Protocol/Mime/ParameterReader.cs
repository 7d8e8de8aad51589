using System.Globalization;
using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>Reads <c>; name=value</c> lists as they come in the wild (RFC 2045 §5.1, RFC 2231, and encoded words where none may be).</summary>
internal ref struct ParameterReader(ReadOnlySpan<char> text)
{
    private const int MaxParameters = 256;

    private readonly record struct Piece(string Name, int Section, bool Extended, string Value);

    private ReadOnlySpan<char> _rest = text;

    /// <summary>A token, in a tolerant sense: everything up to white space or a character with a meaning of its own.</summary>
    internal ReadOnlySpan<char> ReadToken()
    {
        SkipSpaceAndComments();
        var length = _rest.IndexOfAny("()<>@,;:\\\"/[]?= \t\r\n");
        var token = length < 0 ? _rest : _rest[..length];
        _rest = _rest[token.Length..];
        return token;
    }

    internal bool Skip(char c)
    {
        SkipSpaceAndComments();
        if (_rest.IsEmpty || _rest[0] != c) return false;
        _rest = _rest[1..];
        return true;
    }

    internal Dictionary<string, string> ReadParameters()
    {
        var pieces = new List<Piece>();
        SkipSpaceAndComments();
        // "text/plain charset=utf-8": the first semicolon is forgotten often enough
        var separated = _rest.IsEmpty || !char.IsAsciiLetter(_rest[0]);
        while (!_rest.IsEmpty && pieces.Count < MaxParameters)
        {
            var next = separated ? _rest.IndexOf(';') : -1;
            if (next < 0 && separated) break;
            separated = true;
            _rest = _rest[(next + 1)..];
            SkipSpaceAndComments();
            var length = _rest.IndexOfAny("=; \t\r\n");
            if (length <= 0) continue;
            var name = _rest[..length];
            _rest = _rest[length..];
            if (Skip('=')) pieces.Add(MakePiece(name, ReadValue()));
        }
        return Join(pieces);
    }

    private string ReadValue()
    {
        SkipSpaceAndComments();
        if (!_rest.IsEmpty && _rest[0] == '"') return ReadQuoted();
        // Unquoted values with spaces are common in file names
        var end = _rest.IndexOf(';');
        var value = end < 0 ? _rest : _rest[..end];
        _rest = _rest[value.Length..];
        var comment = value.IndexOf(" (");
        return (comment > 0 ? value[..comment] : value).Trim(" \t\r\n").ToString();
    }

    private string ReadQuoted()
    {
        var builder = new StringBuilder();
        var i = 1;
        for (; i < _rest.Length && _rest[i] != '"'; i++)
        {
            // Windows paths have backslashes that were never escapes
            if (_rest[i] == '\\' && i + 1 < _rest.Length && _rest[i + 1] is '"' or '\\') i++;
            if (_rest[i] is not ('\r' or '\n')) builder.Append(_rest[i]);
        }
        _rest = i < _rest.Length ? _rest[(i + 1)..] : default;
        return builder.ToString();
    }

    private void SkipSpaceAndComments()
    {
        while (true)
        {
            _rest = _rest.TrimStart(" \t\r\n");
            if (_rest.IsEmpty || _rest[0] != '(') return;
            int depth = 0, i = 0;
            for (; i < _rest.Length; i++)
            {
                if (_rest[i] == '\\') i++;
                else if (_rest[i] == '(') depth++;
                else if (_rest[i] == ')' && --depth == 0) break;
            }
            if (i >= _rest.Length) return;
            _rest = _rest[(i + 1)..];
        }
    }

    // RFC 2231 §3 and §4: name*, name*0, name*0*
    private static Piece MakePiece(ReadOnlySpan<char> name, string value)
    {
        var lower = name.ToString().ToLowerInvariant();
        var extended = lower.EndsWith('*');
        if (extended) lower = lower[..^1];
        var star = lower.LastIndexOf('*');
        if (star > 0 && int.TryParse(lower.AsSpan(star + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var section))
            return new Piece(lower[..star], section, extended, value);
        return new Piece(lower, -1, extended, value);
    }

    private static Dictionary<string, string> Join(List<Piece> pieces)
    {
        var result = new Dictionary<string, string>(pieces.Count);
        foreach (var group in pieces.GroupBy(static p => p.Name))
        {
            var first = group.First();
            // The RFC 2231 form is the better one where a mailer sends both
            var whole = group.FirstOrDefault(static p => p is { Section: < 0, Extended: true }, first);
            var sections = group.Where(static p => p.Section >= 0).OrderBy(static p => p.Section).ToList();
            if (sections.Count > 0 && !whole.Extended | whole.Section >= 0) result[group.Key] = JoinSections(sections);
            else result[group.Key] = whole.Extended ? Extended(whole.Value) : EncodedWords.Decode(whole.Value);
        }
        return result;
    }

    private static string JoinSections(List<Piece> sections)
    {
        if (!sections[0].Extended) return EncodedWords.Decode(string.Concat(sections.Select(static s => s.Extended ? Extended(s.Value) : s.Value)));
        var (charset, octets) = ("", new List<byte>());
        for (var i = 0; i < sections.Count; i++)
        {
            var value = sections[i].Value;
            if (i == 0) (charset, value) = SplitCharset(value);
            if (sections[i].Extended) TransferDecoding.AppendPercent(value, octets);
            else octets.AddRange(Encoding.UTF8.GetBytes(value));
        }
        return Clean(Charsets.Decode(charset, octets.ToArray()));
    }

    private static string Extended(string value)
    {
        var (charset, encoded) = SplitCharset(value);
        var octets = new List<byte>(encoded.Length);
        TransferDecoding.AppendPercent(encoded, octets);
        return Clean(Charsets.Decode(charset, octets.ToArray()));
    }

    private static string Clean(string value) => HeaderText.WithoutControls(value);

    private static (string Charset, string Value) SplitCharset(string value)
    {
        var first = value.IndexOf('\'');
        var second = first < 0 ? -1 : value.IndexOf('\'', first + 1);
        return second < 0 ? ("", value) : (value[..first], value[(second + 1)..]);
    }
}
