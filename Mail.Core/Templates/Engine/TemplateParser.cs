namespace Mail.Core.Templates.Engine;

/// <summary>Makes the tree of a template: text, values, and blocks with their bodies.</summary>
internal sealed class TemplateParser
{
    private readonly SourceCursor _cursor;
    private readonly TagReader _tags;
    private readonly TemplateScopes _scopes = new();
    private readonly int _maxDepth;
    private readonly List<Tag> _read = [];
    private int _textStart;

    private TemplateParser(string source, int maxDepth)
    {
        _cursor = new SourceCursor(source);
        _tags = new TagReader(_cursor, new ExpressionReader(_cursor, _scopes, maxDepth));
        _maxDepth = maxDepth;
    }

    /// <summary>The tree, or what is wrong first.</summary>
    public static (Node[] Nodes, TemplateError? Error) Parse(string source, int maxDepth)
    {
        var parser = new TemplateParser(source, maxDepth);
        var (nodes, end) = parser.ReadBody(0);
        if (end is { Kind: TagKind.Close })
            parser._cursor.Fail(end.Start, $"{{{{/{end.Name}}}}} closes nothing.");
        else if (end is not null)
            parser._cursor.Fail(end.Start, "{{else}} stands outside of a block.");
        return parser._cursor.Failure is { } failure
            ? ([], TemplateError.At(source, failure.Position, failure.Message))
            : (nodes, null);
    }

    /// <summary>The tags of a source that parses, in order.</summary>
    public static IReadOnlyList<Tag> TagsOf(string source, int maxDepth)
    {
        var parser = new TemplateParser(source, maxDepth);
        parser.ReadBody(0);
        return parser._read;
    }

    /// <summary>Reads up to the tag that ends this body: an else, a closing tag, or null at the end of the source.</summary>
    private (Node[] Nodes, Tag? End) ReadBody(int depth)
    {
        var nodes = new List<Node>();
        while (FindTag(nodes) is { } start)
        {
            _cursor.Position = start;
            if (_tags.Read() is not { } tag)
                return ([], null);
            _read.Add(tag);
            AddTextBefore(tag, nodes);
            switch (tag.Kind)
            {
                case TagKind.Comment:
                    break;
                case TagKind.Output or TagKind.RawOutput:
                    nodes.Add(new OutputNode(tag.Expression!, tag.Kind == TagKind.RawOutput));
                    break;
                case TagKind.Else or TagKind.ElseIf or TagKind.Close:
                    return ([.. nodes], tag);
                default:
                    if (ReadBlock(tag, depth + 1) is { } block)
                        nodes.Add(block);
                    break;
            }
        }
        AddText(nodes, _textStart, _cursor.Source.Length);
        return ([.. nodes], null);
    }

    /// <summary>The next tag; <c>\{{</c> on the way is text.</summary>
    private int? FindTag(List<Node> nodes)
    {
        var from = Math.Max(_textStart, _cursor.Position);
        while (!_cursor.HasFailed && _cursor.Source.IndexOf("{{", from, StringComparison.Ordinal) is var start and >= 0)
        {
            if (start == 0 || _cursor.Source[start - 1] != '\\')
                return start;
            AddText(nodes, _textStart, start - 1);
            _textStart = start;
            from = start + 2;
        }
        return null;
    }

    private Node? ReadBlock(Tag open, int depth)
    {
        if (depth > _maxDepth)
        {
            _cursor.Fail(open.Start, $"Blocks nest deeper than {_maxDepth} levels.");
            return null;
        }
        return open.Kind == TagKind.Each ? ReadEach(open, depth) : ReadIf(open, depth, NameOf(open.Kind), open);
    }

    private EachNode ReadEach(Tag open, int depth)
    {
        _scopes.Enter(open.Expression!);
        var (body, end) = ReadBody(depth);
        _scopes.Leave();
        Node[] otherwise = [];
        var hasElse = end?.Kind == TagKind.Else;
        if (hasElse)
            (otherwise, end) = ReadBody(depth);
        CheckClose(open, "each", end);
        return new EachNode(open.Expression!, body, otherwise, hasElse);
    }

    /// <param name="open">The tag with the condition: that of the block, or an <c>else if</c> in it.</param>
    /// <param name="block">The tag that opened the block.</param>
    private IfNode ReadIf(Tag open, int depth, string name, Tag block)
    {
        var (body, end) = ReadBody(depth);
        Node[] otherwise = [];
        switch (end?.Kind)
        {
            case TagKind.ElseIf when depth < _maxDepth:
                // The rest of the chain closes the block.
                return new IfNode(open.Expression!, open.Kind == TagKind.Unless, body, [ReadIf(end, depth + 1, name, block)]);
            case TagKind.ElseIf:
                _cursor.Fail(end.Start, $"Blocks nest deeper than {_maxDepth} levels.");
                break;
            case TagKind.Else:
                (otherwise, end) = ReadBody(depth);
                break;
        }
        CheckClose(block, name, end);
        return new IfNode(open.Expression!, open.Kind == TagKind.Unless, body, otherwise);
    }

    private void CheckClose(Tag open, string name, Tag? end)
    {
        if (end is null)
            _cursor.Fail(open.Start, $"{{{{#{name}}}}} is not closed: {{{{/{name}}}}} is missing.");
        else if (end.Kind != TagKind.Close)
            _cursor.Fail(end.Start, $"This block has had its {{{{else}}}} already.");
        else if (end.Name != name)
            _cursor.Fail(end.Start, $"{{{{/{end.Name}}}}} does not close {{{{#{name}}}}} of line {LineOf(open.Start)}.");
    }

    private void AddTextBefore(Tag tag, List<Node> nodes)
    {
        var (end, next) = (tag.Start, tag.End);
        if (tag.MayStandAlone && WholeLine(tag) is { } line)
            (end, next) = (line.Start, line.End);
        var source = _cursor.Source;
        if (tag.TrimBefore)
        {
            end = tag.Start;
            while (end > _textStart && char.IsWhiteSpace(source[end - 1]))
                end--;
        }
        if (tag.TrimAfter)
        {
            next = tag.End;
            while (next < source.Length && char.IsWhiteSpace(source[next]))
                next++;
        }
        AddText(nodes, _textStart, end);
        _textStart = next;
        _cursor.Position = next;
    }

    /// <summary>The line of a tag that has nothing but white space beside it, with its line end.</summary>
    private (int Start, int End)? WholeLine(Tag tag)
    {
        var source = _cursor.Source;
        var start = tag.Start;
        while (start > 0 && source[start - 1] is ' ' or '\t')
            start--;
        if (start > 0 && source[start - 1] != '\n')
            return null;
        var end = tag.End;
        while (end < source.Length && source[end] is ' ' or '\t')
            end++;
        if (end == source.Length)
            return (start, end);
        if (source[end] == '\r' && end + 1 < source.Length && source[end + 1] == '\n')
            end++;
        return source[end] == '\n' ? (start, end + 1) : null;
    }

    private void AddText(List<Node> nodes, int start, int end)
    {
        if (end > start && !_cursor.HasFailed)
            nodes.Add(new TextNode(_cursor.Source[start..end]));
    }

    private int LineOf(int position) => TemplateError.At(_cursor.Source, position, "").Line;

    private static string NameOf(TagKind kind) => kind == TagKind.Unless ? "unless" : "if";
}
