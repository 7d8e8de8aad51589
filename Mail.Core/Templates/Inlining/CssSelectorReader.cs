using System.Globalization;
using System.Text;

namespace Mail.Core.Templates.Inlining;

/// <summary>Reads selectors of types, classes, ids and attributes and of their descendants, children and neighbours.</summary>
internal sealed class CssSelectorReader
{
    private const int MaxLength = 500;
    private const int MaxCount = 1_000;
    private readonly string _text;
    private int _at;
    private int _ids, _classes, _types;

    private CssSelectorReader(string text) => _text = text;

    /// <summary>Null for every other selector, and for what is none.</summary>
    public static CssSelector? Read(string text) =>
        text.Length is 0 or > MaxLength ? null : new CssSelectorReader(text).ReadAll();

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private CssSelector? ReadAll()
    {
        var compounds = new List<CssCompound>();
        var combinators = new List<Combinator>();
        while (ReadCompound() is { } compound)
        {
            compounds.Add(compound);
            if (_at == _text.Length)
                return new CssSelector(compounds, combinators, (Least(_ids) * MaxCount + Least(_classes)) * MaxCount + Least(_types));
            if (ReadCombinator() is not { } combinator)
                return null;
            combinators.Add(combinator);
        }
        return null;
    }

    private static int Least(int count) => Math.Min(count, MaxCount - 1);

    private Combinator? ReadCombinator()
    {
        var start = _at;
        SkipSpace();
        Combinator? found = Current switch
        {
            '>' => Combinator.Child,
            '+' => Combinator.Adjacent,
            _ when _at > start => Combinator.Descendant,
            _ => null,
        };
        if (found is Combinator.Child or Combinator.Adjacent)
            _at++;
        SkipSpace();
        return found;
    }

    private CssCompound? ReadCompound()
    {
        string? type = null;
        var (ids, classes, attributes) = (new List<string>(), new List<string>(), new List<CssAttributeTest>());
        var start = _at;
        if (Current == '*')
            _at++;
        else if (ReadName() is { } name)
        {
            type = name.ToLowerInvariant();
            _types++;
        }
        while (Current is '.' or '#' or '[')
        {
            var kind = _text[_at++];
            if (kind == '[')
            {
                if (ReadAttribute() is not { } test)
                    return null;
                attributes.Add(test);
                _classes++;
            }
            else if (ReadName() is not { } named)
                return null;
            else if (kind == '.')
            {
                classes.Add(named);
                _classes++;
            }
            else
            {
                ids.Add(named);
                _ids++;
            }
        }
        return _at == start ? null : new CssCompound(type, ids, classes, attributes);
    }

    private CssAttributeTest? ReadAttribute()
    {
        SkipSpace();
        // Inlining changes what this would look at.
        if (ReadName()?.ToLowerInvariant() is not { } name || name == "style")
            return null;
        SkipSpace();
        if (TryTake(']'))
            return new CssAttributeTest(name, '\0', "", false);
        var kind = Current;
        if (kind is '~' or '|' or '^' or '$' or '*')
            _at++;
        else if (kind != '=')
            return null;
        if (!TryTake('='))
            return null;
        SkipSpace();
        if ((Current is '"' or '\'' ? ReadString() : ReadName()) is not { } value)
            return null;
        SkipSpace();
        var ignoresCase = TryTake('i') || TryTake('I');
        SkipSpace();
        return TryTake(']') ? new CssAttributeTest(name, kind, value, ignoresCase) : null;
    }

    private string? ReadString()
    {
        var quote = _text[_at++];
        var end = _text.IndexOf(quote, _at);
        if (end < 0)
            return null;
        var value = _text[_at..end];
        _at = end + 1;
        return value.Contains('\\') || MaskedTemplate.HasMask(value) ? null : value;
    }

    // https://drafts.csswg.org/css-syntax-3/#consume-name
    private string? ReadName()
    {
        if (char.IsAsciiDigit(Current))
            return null;
        var name = new StringBuilder();
        while (true)
        {
            var character = Current;
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '_' || (character >= '\u0080' && !MaskedTemplate.IsMask(character)))
            {
                name.Append(character);
                _at++;
            }
            else if (character == '\\' && _at + 1 < _text.Length && _text[_at + 1] is not ('\n' or '\r'))
                AppendEscaped(name);
            else
                break;
        }
        return name.Length > 0 ? name.ToString() : null;
    }

    private void AppendEscaped(StringBuilder name)
    {
        var start = ++_at;
        while (_at < _text.Length && _at - start < 6 && char.IsAsciiHexDigit(_text[_at]))
            _at++;
        if (_at == start)
        {
            name.Append(_text[_at++]);
            return;
        }
        var code = int.Parse(_text.AsSpan(start, _at - start), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        name.Append(Rune.IsValid(code) && code != 0 ? new Rune(code).ToString() : "\uFFFD");
        if (Current is ' ' or '\t' or '\n')
            _at++;
    }

    private void SkipSpace()
    {
        while (char.IsWhiteSpace(Current))
            _at++;
    }

    private bool TryTake(char character)
    {
        if (Current != character)
            return false;
        _at++;
        return true;
    }
}
