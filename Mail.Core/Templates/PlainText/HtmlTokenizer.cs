using System.Buffers;

namespace Mail.Core.Templates.PlainText;

internal enum HtmlTokenKind
{
    End,
    Text,
    StartTag,
    EndTag,
}

/// <summary>
/// Cuts HTML into text and tags, front to back, each character once. It builds no tree: broken HTML gives odd tokens,
/// never an error.
/// </summary>
internal ref struct HtmlTokenizer(ReadOnlySpan<char> html)
{
    private static readonly SearchValues<char> EndOfTag = SearchValues.Create(">\"'");
    private static readonly string[] _rawText = ["script", "style", "title", "noscript", "template", "iframe", "textarea", "select"];

    private readonly int _length = html.Length;
    private ReadOnlySpan<char> _rest = html;

    public HtmlTokenKind Kind { get; private set; }

    /// <summary>Where the token begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where what was not read yet begins.</summary>
    public readonly int End => _length - _rest.Length;

    /// <summary>The text as it stands, with its character references.</summary>
    public ReadOnlySpan<char> Text { get; private set; }

    /// <summary>The name of the tag as it stands.</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>What stands in the tag behind its name.</summary>
    public ReadOnlySpan<char> Attributes { get; private set; }

    public bool Read()
    {
        while (_rest.Length > 0)
        {
            Start = End;
            if (!AtMarkup())
                return ReadText();
            if (_rest[1] is '!' or '?')
                SkipDeclaration();
            else
                return ReadTag();
        }
        Kind = HtmlTokenKind.End;
        return false;
    }

    /// <summary>Passes over the content of an element whose text nobody sees, with its end tag.</summary>
    public void SkipRawText(ReadOnlySpan<char> name)
    {
        while (_rest.IndexOf("</") is var start and >= 0)
        {
            _rest = _rest[(start + 2)..];
            if (!_rest.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                continue;
            var end = _rest.IndexOf('>');
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            return;
        }
        _rest = [];
    }

    public static bool IsRawText(ReadOnlySpan<char> name)
    {
        // Most tags are shorter than the shortest of these.
        if (name.Length < 5)
            return false;
        foreach (var raw in _rawText)
        {
            if (name.Equals(raw, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private readonly bool AtMarkup() =>
        _rest[0] == '<' && _rest.Length > 1 && (char.IsAsciiLetter(_rest[1]) || _rest[1] is '/' or '!' or '?');

    private bool ReadText()
    {
        var end = 1;
        while (end < _rest.Length && _rest[end..].IndexOf('<') is var next and >= 0)
        {
            end += next;
            var character = end + 1 < _rest.Length ? _rest[end + 1] : '\0';
            if (char.IsAsciiLetter(character) || character is '/' or '!' or '?')
                return Take(end);
            end++;
        }
        return Take(_rest.Length);
    }

    private bool Take(int length)
    {
        Kind = HtmlTokenKind.Text;
        Text = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    private void SkipDeclaration()
    {
        var isComment = _rest.StartsWith("<!--");
        var close = isComment ? "-->" : ">";
        var from = isComment ? Math.Min(4, _rest.Length) : 2;
        var end = _rest[from..].IndexOf(close);
        _rest = end < 0 ? [] : _rest[(from + end + close.Length)..];
    }

    private bool ReadTag()
    {
        var isEnd = _rest[1] == '/';
        var start = isEnd ? 2 : 1;
        var nameEnd = start;
        while (nameEnd < _rest.Length && !char.IsWhiteSpace(_rest[nameEnd]) && _rest[nameEnd] is not ('>' or '/'))
            nameEnd++;
        var end = EndOf(nameEnd);
        Kind = isEnd ? HtmlTokenKind.EndTag : HtmlTokenKind.StartTag;
        Name = _rest[start..nameEnd];
        Attributes = _rest[nameEnd..end];
        _rest = _rest[Math.Min(end + 1, _rest.Length)..];
        return true;
    }

    // A '>' inside quotes belongs to the value. Without a closing quote the tag ends with the input.
    private readonly int EndOf(int from)
    {
        var position = from;
        while (_rest[position..].IndexOfAny(EndOfTag) is var next and >= 0)
        {
            position += next;
            if (_rest[position] == '>')
                return position;
            var close = _rest[(position + 1)..].IndexOf(_rest[position]);
            if (close < 0)
                return _rest.Length;
            position += close + 2;
        }
        return _rest.Length;
    }
}
