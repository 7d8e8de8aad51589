using System.Buffers;
using System.Text;

namespace Mail.Protocol.Addresses;

internal enum AddressTokenKind { End, Atom, Quoted, Comment, Literal, Special }

/// <summary>One lexical token of RFC 5322 §3.2; <c>Start</c> and <c>Length</c> include quotes and brackets.</summary>
internal readonly record struct AddressToken(AddressTokenKind Kind, int Start, int Length, bool SpaceBefore, char Special = '\0');

/// <summary>
/// Splits an address header into tokens in one pass. A quote, comment or literal that is never closed is an ordinary character,
/// and then no later one is looked for either, which keeps hostile input linear.
/// </summary>
internal ref struct AddressTokenizer(ReadOnlySpan<char> text)
{
    private const int MaxEncodedWord = 512;

    // RFC 5322 §3.2.3 specials, with white space
    private static readonly SearchValues<char> AtomEnd = SearchValues.Create("()<>[]:;@\\,.\" \t\r\n");

    private readonly ReadOnlySpan<char> _text = text;
    private int _position;
    private bool _openQuote, _openComment, _openLiteral;

    internal AddressToken Next()
    {
        var start = _position;
        while (_position < _text.Length && _text[_position] is ' ' or '\t' or '\r' or '\n' or '\0') _position++;
        var space = _position > start;
        if (_position >= _text.Length) return new(AddressTokenKind.End, _position, 0, space);
        start = _position;
        var c = _text[start];
        var kind = c switch
        {
            '"' when !_openQuote => Delimited('"', ref _openQuote, AddressTokenKind.Quoted),
            '[' when !_openLiteral => Delimited(']', ref _openLiteral, AddressTokenKind.Literal),
            '(' when !_openComment => Comment(),
            '<' or '>' or ':' or ';' or '@' or ',' or '.' => Single(),
            _ => AddressTokenKind.End,
        };
        if (kind == AddressTokenKind.End)
        {
            kind = AddressTokenKind.Atom;
            _position = start + AtomLength(_text[start..]);
        }
        return new(kind, start, _position - start, space, kind == AddressTokenKind.Special ? c : '\0');
    }

    private AddressTokenKind Single()
    {
        _position++;
        return AddressTokenKind.Special;
    }

    private AddressTokenKind Delimited(char close, ref bool neverClosed, AddressTokenKind kind)
    {
        for (var i = _position + 1; i < _text.Length; i++)
        {
            if (_text[i] == '\\') { i++; continue; }
            if (_text[i] != close) continue;
            _position = i + 1;
            return kind;
        }
        neverClosed = true;
        return AddressTokenKind.End;
    }

    // RFC 5322 §3.2.2: comments nest. Counted, not recursed.
    private AddressTokenKind Comment()
    {
        var depth = 0;
        for (var i = _position; i < _text.Length; i++)
        {
            if (_text[i] == '\\') i++;
            else if (_text[i] == '(') depth++;
            else if (_text[i] == ')' && --depth == 0)
            {
                _position = i + 1;
                return AddressTokenKind.Comment;
            }
        }
        _openComment = true;
        return AddressTokenKind.End;
    }

    private static int AtomLength(ReadOnlySpan<char> text)
    {
        var encoded = EncodedWordLength(text);
        if (encoded > 0) return encoded;
        var length = text[1..].IndexOfAny(AtomEnd);
        return length < 0 ? text.Length : length + 1;
    }

    /// <summary>Encoded words in the wild have commas, dots and parentheses in them that RFC 2047 §5 (3) does not allow in a phrase.</summary>
    private static int EncodedWordLength(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("=?")) return 0;
        text = text[..Math.Min(text.Length, MaxEncodedWord)];
        var charset = text[2..].IndexOf('?') + 2;
        if (charset < 3 || charset + 2 >= text.Length || text[charset + 2] != '?') return 0;
        var body = charset + 3;
        var end = text[body..].IndexOf("?=");
        return end < 0 || text[..(body + end)].ContainsAny(" \t\r\n") ? 0 : body + end + 2;
    }

    /// <summary>The meaning of a token: quotes, brackets of comments and escapes removed.</summary>
    internal readonly void AppendValue(AddressToken token, StringBuilder builder)
    {
        var raw = _text.Slice(token.Start, token.Length);
        if (token.Kind is AddressTokenKind.Quoted or AddressTokenKind.Comment) raw = raw[1..^1];
        else if (token.Kind is AddressTokenKind.Literal) { builder.Append(raw); return; }
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\\' && i + 1 < raw.Length && token.Kind != AddressTokenKind.Atom) i++;
            if (raw[i] is not ('\r' or '\n' or '\0')) builder.Append(raw[i]);
        }
    }
}
