using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mail.Core.Templates.PlainText;

/// <summary>Collects lines: white space is drawn together, blocks are kept apart, quotes and lists are marked.</summary>
internal sealed class TextLayout(int maxLength)
{
    private const int MaxNesting = 16;
    private const int MaxComparedLength = 2_000;

    // White space, and characters that take no room and only keep words together or apart.
    private static readonly SearchValues<char> BetweenWords = SearchValues.Create(
        " \t\n\v\f\r\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000"
        + "\u200B\uFEFF\u00AD\u034F");

    private readonly StringBuilder _text = new();
    private readonly Stack<int?> _lists = new();
    private int _quotes;
    private int _breaks;
    private bool _space;
    private bool _lineHasText;
    private string? _bullet;

    public bool IsFull => _text.Length >= maxLength;

    /// <summary>How much text there is: tells whether something was written in between.</summary>
    public int Length => _text.Length;

    /// <summary>What was written from there on, as far as it matters for telling whether an address stands in it.</summary>
    public string Since(int start) => _text.ToString(start, Math.Min(_text.Length - start, MaxComparedLength));

    /// <summary>Words, with any white space between them.</summary>
    public void AddWords(ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            var word = text.IndexOfAny(BetweenWords);
            if (word < 0)
                word = text.Length;
            if (word > 0)
                Add(text[..word]);
            if (word == text.Length)
                return;
            _space |= char.IsWhiteSpace(text[word]);
            text = text[(word + 1)..];
        }
    }

    /// <summary>Text whose lines stay as they are.</summary>
    public void AddLines(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (character == '\n')
                Break(1 + Math.Max(_breaks, 0));
            else if (character == ' ')
                Add("\u00A0");
            else if (character != '\r')
                Add([character]);
        }
    }

    /// <summary>At least so many line ends before what comes next: 1 ends the line, 2 leave one empty.</summary>
    public void Break(int count)
    {
        if (count == 0)
            return;
        _space = false;
        if (_text.Length > 0)
            _breaks = Math.Max(_breaks, count);
    }

    /// <summary>One more line end, as <c>br</c> asks for it; not more than two empty lines in a row.</summary>
    public void BreakLine()
    {
        _space = false;
        if (_text.Length > 0 && _breaks < 3)
            _breaks++;
    }

    /// <summary>Keeps the cells of a row apart.</summary>
    public void Gap()
    {
        if (_lineHasText && _breaks == 0)
            Add(" ");
        _space = true;
    }

    public void Quote(bool begins) => _quotes = Math.Clamp(_quotes + (begins ? 1 : -1), 0, MaxNesting);

    public void BeginList(bool isNumbered)
    {
        if (_lists.Count < MaxNesting)
            _lists.Push(isNumbered ? 0 : null);
    }

    public void EndList() => _lists.TryPop(out _);

    public void BeginItem()
    {
        Break(1);
        _bullet = "- ";
        if (_lists.TryPop(out var number))
        {
            _lists.Push(number + 1);
            if (number is { } last)
                _bullet = string.Create(CultureInfo.InvariantCulture, $"{last + 1}. ");
        }
    }

    public override string ToString()
    {
        _text.Length = Math.Min(_text.Length, maxLength);
        return _text.Replace('\u00A0', ' ').ToString().TrimEnd();
    }

    private void Add(ReadOnlySpan<char> text)
    {
        if (IsFull)
            return;
        if (_breaks > 0 || _text.Length == 0)
            BeginLine();
        else if (_space && _lineHasText)
            _text.Append(' ');
        _space = false;
        _lineHasText = true;
        _text.Append(text);
    }

    private void BeginLine()
    {
        for (; _breaks > 0; _breaks--)
        {
            _text.Append('\n');
            // An empty line inside a quote belongs to it.
            if (_breaks > 1 && _quotes > 0)
                _text.Append('>', _quotes);
        }
        if (_quotes > 0)
            _text.Append('>', _quotes).Append(' ');
        _text.Append(' ', 2 * Math.Max(0, _lists.Count - 1));
        if (_bullet is not null)
            _text.Append(_bullet);
        else if (_lists.Count > 0)
            _text.Append("  ");
        _bullet = null;
        _lineHasText = false;
    }
}
