using Mail.Core.Text;

namespace Mail.Core.Templates.Engine;

internal enum TagKind
{
    Comment,
    Output,
    RawOutput,
    If,
    Unless,
    Each,
    Else,
    ElseIf,
    Close,
}

/// <param name="Name">The block that a closing tag names.</param>
/// <param name="TrimBefore">Whether <c>~</c> takes the white space in front away.</param>
internal sealed record Tag(TagKind Kind, int Start, int End, Expression? Expression, string? Name, bool TrimBefore, bool TrimAfter)
{
    // Tags that write nothing, alone on a line, do not leave an empty line behind.
    public bool MayStandAlone => Kind is not (TagKind.Output or TagKind.RawOutput);
}

/// <summary>Reads one tag, from <c>{{</c> to <c>}}</c>.</summary>
internal sealed class TagReader(SourceCursor cursor, ExpressionReader expressions)
{
    private static readonly string[] _blocks = ["if", "unless", "each"];

    /// <summary>The cursor stands at <c>{{</c>; afterwards behind <c>}}</c>. Null after a failure.</summary>
    public Tag? Read()
    {
        var start = cursor.Position;
        cursor.Position += 2;
        var trimBefore = cursor.TryTake("~");
        var tag = cursor.Current switch
        {
            '!' => ReadComment(start),
            '{' => ReadRaw(start),
            '&' => Skip(1, () => ReadValue(start, TagKind.RawOutput)),
            '#' => Skip(1, () => ReadBlock(start)),
            '/' => Skip(1, () => ReadClose(start)),
            '>' => Fail(start, "Partials ({{> …}}) do not exist here."),
            '^' => Fail(start, "Write {{else}} or {{#unless …}} instead of {{^…}}."),
            _ => ReadElse(start) ?? ReadValue(start, TagKind.Output),
        };
        return cursor.HasFailed || tag is null ? null : tag with { TrimBefore = trimBefore };
    }

    private Tag? ReadComment(int start)
    {
        // The long form may hold "}}".
        var isLong = cursor.At("!--");
        var close = isLong ? "--" : "}}";
        var end = cursor.Source.IndexOf(close, cursor.Position + (isLong ? 3 : 1), StringComparison.Ordinal);
        while (isLong && end >= 0 && !IsClosedAt(end + 2))
            end = cursor.Source.IndexOf(close, end + 1, StringComparison.Ordinal);
        if (end < 0)
            return Fail(start, "This comment is not closed.");
        cursor.Position = isLong ? end + 2 : cursor.Source[end - 1] == '~' ? end - 1 : end;
        return Close(start, TagKind.Comment, null, null);
    }

    private bool IsClosedAt(int position) =>
        string.CompareOrdinal(cursor.Source, position, "}}", 0, 2) == 0 || string.CompareOrdinal(cursor.Source, position, "~}}", 0, 3) == 0;

    private Tag? ReadRaw(int start)
    {
        cursor.Position++;
        var expression = expressions.Read();
        cursor.SkipSpace();
        if (!cursor.HasFailed && !cursor.At("}}}") && !cursor.At("}~}}"))
            return Fail(start, "'{{{' is closed by '}}}'.");
        cursor.Position++;
        return Close(start, TagKind.RawOutput, expression, null);
    }

    private Tag? ReadValue(int start, TagKind kind)
    {
        var expression = expressions.Read();
        return Close(start, kind, expression, null);
    }

    private Tag? ReadBlock(int start)
    {
        cursor.SkipSpace();
        var name = TakeName();
        TagKind? kind = name switch
        {
            "if" => TagKind.If,
            "unless" => TagKind.Unless,
            "each" => TagKind.Each,
            _ => null,
        };
        if (kind is null)
            return Fail(start, $"There is no block '#{name}'; the nearest of if, unless and each is '#{NearestName.Of(name, _blocks)}'.");
        return ReadValue(start, kind.Value);
    }

    private Tag? ReadClose(int start)
    {
        cursor.SkipSpace();
        var name = TakeName();
        return Close(start, TagKind.Close, null, name);
    }

    private Tag? ReadElse(int start)
    {
        var before = cursor.Position;
        cursor.SkipSpace();
        if (TakeName() != "else")
        {
            cursor.Position = before;
            return null;
        }
        cursor.SkipSpace();
        if (cursor.Current is '}' or '~')
            return Close(start, TagKind.Else, null, null);
        if (TakeName() == "if")
            return ReadValue(start, TagKind.ElseIf);
        return Fail(start, "After {{else}} only 'if' may follow: {{else if …}}.");
    }

    private Tag? Close(int start, TagKind kind, Expression? expression, string? name)
    {
        cursor.SkipSpace();
        var trimAfter = cursor.TryTake("~");
        if (cursor.HasFailed)
            return null;
        return cursor.TryTake("}}")
            ? new Tag(kind, start, cursor.Position, expression, name, false, trimAfter)
            : Fail(start, "This tag is not closed by '}}'.");
    }

    private string TakeName()
    {
        var start = cursor.Position;
        while (char.IsLetterOrDigit(cursor.Current) || cursor.Current is '_' or '-' or '.')
            cursor.Position++;
        return cursor.Source[start..cursor.Position];
    }

    private Tag? Skip(int count, Func<Tag?> read)
    {
        cursor.Position += count;
        return read();
    }

    private Tag? Fail(int position, string message)
    {
        cursor.Fail(position, message);
        return null;
    }
}
