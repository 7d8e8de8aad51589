using Mail.Core.Templates.Engine;
using Mail.Core.Templates.PlainText;

namespace Mail.Core.Templates.Inlining;

/// <summary>A <c>style</c> element.</summary>
/// <param name="IsSure">Whether it is there whatever the variables are, for all screens, and nothing in it depends on them.</param>
internal sealed record StyleElement(int Start, int ContentStart, int ContentEnd, int End, bool IsSure);

/// <summary>
/// The elements of a template with their parents and neighbours. It changes nothing; where the template decides what stands where, it says
/// that it is not sure. Conditional comments of Outlook are comments and not looked into.
/// </summary>
internal sealed class HtmlOutline
{
    private const int MaxDepth = 256;
    private const int MaxElements = 50_000;
    private const string ConditionalComment = "<!--[if";

    private readonly MaskedTemplate _template;
    private readonly InliningBudget _budget;
    private readonly List<OutlineElement> _elements = [];
    private readonly List<OutlineElement> _commented = [];
    private readonly List<StyleElement> _styles = [];
    private readonly List<(TagKind Kind, OutlineElement Around)> _blocks = [];
    private OutlineElement _current = new("#document", -1, null, []);
    private int _nextBlock;
    private bool _isUnsure;

    private HtmlOutline(MaskedTemplate template, InliningBudget budget) => (_template, _budget) = (template, budget);

    public IReadOnlyList<OutlineElement> Elements => _elements;

    /// <summary>What stands in conditional comments: elements without a place.</summary>
    public IReadOnlyList<OutlineElement> Commented => _commented;

    public IReadOnlyList<StyleElement> Styles => _styles;

    /// <summary>Whether variables bring elements that are not to be seen here.</summary>
    public bool HasUnknownElements { get; private set; }

    /// <summary>Why it was given up; null when it was not.</summary>
    public string? Problem { get; private set; }

    public static HtmlOutline Of(MaskedTemplate template, InliningBudget budget)
    {
        var outline = new HtmlOutline(template, budget);
        outline.Read();
        return outline;
    }

    private void Read()
    {
        var tokens = new HtmlTokenizer(_template.Text);
        for (var read = 0; Problem is null && tokens.Read(); read = tokens.End)
        {
            if (tokens.Start > read)
                AddComments(read, tokens.Start);
            // An end tag may look at all elements that are open.
            if (!_budget.Spend(1 + _current.Depth))
                Problem = "takes too much to go through";
            ApplyBlocks(tokens.Start);
            switch (tokens.Kind)
            {
                case HtmlTokenKind.Text:
                    AddText(tokens.Text);
                    break;
                case HtmlTokenKind.EndTag:
                    Close(tokens.Name);
                    break;
                default:
                    Open(ref tokens);
                    break;
            }
        }
    }

    private void AddText(ReadOnlySpan<char> text)
    {
        // "<{{tag}}>" is an element of a name that nobody knows.
        _isUnsure |= text.IndexOf($"<{MaskedTemplate.Value}") >= 0;
        if (text.Contains(MaskedTemplate.Raw))
            HasUnknownElements = _current.HasGap = true;
    }

    private void Open(ref HtmlTokenizer tag)
    {
        var name = tag.Name.ToString().ToLowerInvariant();
        if (MaskedTemplate.HasMask(name))
        {
            _isUnsure = true;
            return;
        }
        foreach (var implied in ImpliedTags.Before(name, _current, out _current))
            _current = Add(implied, _current, [], -1);
        var nameEnd = tag.Start + 1 + name.Length;
        var element = Add(name, _current, HtmlAttribute.Read(_template.Text, nameEnd, nameEnd + tag.Attributes.Length), nameEnd);
        if (HtmlTokenizer.IsRawText(name))
        {
            var (start, content) = (tag.Start, tag.End);
            tag.SkipRawText(name);
            if (name == "style")
                AddStyle(start, content, tag.End, element);
        }
        else if (!ImpliedTags.IsVoid(name))
            _current = element;
    }

    private OutlineElement Add(string name, OutlineElement parent, IReadOnlyList<HtmlAttribute>? attributes, int nameEnd)
    {
        var element = new OutlineElement(name, _elements.Count, parent, attributes)
        {
            NameEnd = nameEnd,
            Previous = parent.LastChild,
            PreviousIsSure = !parent.HasGap && !_isUnsure,
            ParentsAreSure = !_isUnsure,
            IsInEach = _blocks.Exists(block => block.Kind == TagKind.Each),
            // An element without a tag may have begun earlier.
            HasGap = nameEnd < 0 && parent.HasGap,
        };
        (parent.LastChild, parent.HasGap) = (element, false);
        _elements.Add(element);
        if (_elements.Count > MaxElements)
            Problem = $"has more than {MaxElements} elements";
        else if (element.Depth > MaxDepth)
            Problem = $"nests elements deeper than {MaxDepth} levels";
        return element;
    }

    private void AddStyle(int start, int contentStart, int end, OutlineElement element)
    {
        var text = _template.Text;
        var contentEnd = text.IndexOf("</style", contentStart, end - contentStart, StringComparison.OrdinalIgnoreCase);
        if (contentEnd < 0 || element.Attributes is null || element.Find("data-embed") is not null)
            return;
        var type = element.Find("type")?.Value.Trim() ?? "";
        if (type.Length > 0 && !type.Equals("text/css", StringComparison.OrdinalIgnoreCase))
            return;
        var media = element.Find("media")?.Value.Trim() ?? "";
        var isForAll = media.Length == 0 || media.Equals("all", StringComparison.OrdinalIgnoreCase) || media.Equals("screen", StringComparison.OrdinalIgnoreCase);
        // Rules for some screens are like those in @media.
        if (isForAll)
            _styles.Add(new StyleElement(
                start, contentStart, contentEnd, end, _blocks.Count == 0 && !text.AsSpan(contentStart, contentEnd - contentStart).Contains(MaskedTemplate.Block)));
    }

    // What only Outlook sees is not touched, but rules for it must stay.
    private void AddComments(int from, int end)
    {
        var text = _template.Text;
        while (from < end && text.IndexOf(ConditionalComment, from, end - from, StringComparison.Ordinal) is var start and >= 0)
        {
            var close = text.IndexOf("-->", start, end - start, StringComparison.Ordinal);
            from = close < 0 ? end : close;
            var tokens = new HtmlTokenizer(text.AsSpan(start + ConditionalComment.Length, from - start - ConditionalComment.Length));
            while (_commented.Count < MaxElements && tokens.Read())
            {
                if (tokens.Kind != HtmlTokenKind.StartTag)
                    continue;
                var nameEnd = start + ConditionalComment.Length + tokens.Start + 1 + tokens.Name.Length;
                _commented.Add(new OutlineElement(tokens.Name.ToString().ToLowerInvariant(), -1, null,
                    HtmlAttribute.Read(text, nameEnd, nameEnd + tokens.Attributes.Length)));
            }
        }
    }

    private void Close(ReadOnlySpan<char> raw)
    {
        if (raw.Length == 0 || MaskedTemplate.HasMask(raw))
            return;
        var name = raw.ToString().ToLowerInvariant();
        if (ImpliedTags.FindOpen(name, _current) is { } open)
            _current = open.Parent!;
    }

    /// <summary>Goes through the blocks that begin or end in front of a position.</summary>
    private void ApplyBlocks(int until)
    {
        for (; _nextBlock < _template.Blocks.Count && _template.Blocks[_nextBlock].Start < until; _nextBlock++)
        {
            var tag = _template.Blocks[_nextBlock];
            if (tag.Kind is TagKind.Else or TagKind.ElseIf or TagKind.Close)
                EndBranch(isLast: tag.Kind == TagKind.Close);
            else
                _blocks.Add((tag.Kind, _current));
            _current.HasGap = true;
        }
    }

    // A branch should close what it opens, and nothing else; otherwise what follows has other parents with other variables.
    private void EndBranch(bool isLast)
    {
        var around = _blocks[^1].Around;
        while (_current != around && (ImpliedTags.MayStayOpen(_current.Name) || (_current is { NameEnd: < 0, Parent: not null })))
            _current = _current.Parent!;
        _isUnsure |= _current != around;
        if (isLast)
            _blocks.RemoveAt(_blocks.Count - 1);
        else
            _current = around;
    }
}
