using System.Globalization;
using System.Text.RegularExpressions;
using Mail.Core.Text;

namespace Mail.Core.Templates.Engine;

/// <summary>Reads what stands inside a tag: paths, literals, helper calls and subexpressions.</summary>
internal sealed partial class ExpressionReader(SourceCursor cursor, TemplateScopes scopes, int maxDepth)
{
    private const int MaxArguments = 20;

    private int _depth;

    /// <summary>A path, a literal, or a helper with arguments, up to the end of the tag.</summary>
    public Expression? Read()
    {
        cursor.SkipSpace();
        var position = cursor.Position;
        if (cursor.Current == '(')
            return ReadParenthesis();
        if (AtEndOfExpression())
        {
            cursor.Fail(position, "Something is missing here: a variable or a helper.");
            return null;
        }
        if (ReadLiteral() is { } literal)
            return literal;
        var word = TakeWord();
        cursor.SkipSpace();
        return AtEndOfExpression() ? ReadPath(word, position) : ReadCall(word, position);
    }

    private Expression? ReadParenthesis()
    {
        var position = cursor.Position++;
        if (++_depth > maxDepth)
        {
            cursor.Fail(position, $"Parentheses nest deeper than {maxDepth} levels.");
            return null;
        }
        cursor.SkipSpace();
        var start = cursor.Position;
        var word = TakeWord();
        var call = ReadCall(word, start);
        _depth--;
        if (!cursor.HasFailed && !cursor.TryTake(")"))
            cursor.Fail(position, "This parenthesis is not closed.");
        return call;
    }

    private CallExpression? ReadCall(string name, int position)
    {
        if (Helpers.Find(name) is not { } helper)
        {
            cursor.Fail(position, name.Length == 0
                ? "A helper is expected here."
                : $"There is no helper '{name}'; the nearest is '{NearestName.Of(name, Helpers.Names)}'.");
            return null;
        }
        var arguments = new List<Expression>();
        var named = new List<NamedArgument>();
        for (cursor.SkipSpace(); !AtEndOfExpression(); cursor.SkipSpace())
        {
            ReadArgument(helper, arguments, named);
            if (arguments.Count + named.Count > MaxArguments)
                cursor.Fail(position, $"A helper takes at most {MaxArguments} arguments.");
        }
        if (arguments.Count < helper.MinArguments || arguments.Count > helper.MaxArguments)
            cursor.Fail(position, $"'{helper.Name}' takes {CountOf(helper)}, not {arguments.Count}: {{{{{helper.Name} {helper.Usage}}}}}.");
        return new CallExpression(helper, [.. arguments], [.. named], position);
    }

    private void ReadArgument(Helper helper, List<Expression> arguments, List<NamedArgument> named)
    {
        var position = cursor.Position;
        if (cursor.Current == '(')
        {
            Add(ReadParenthesis());
            return;
        }
        if (ReadLiteral() is { } literal)
        {
            Add(literal);
            return;
        }
        var word = TakeWord();
        if (cursor.TryTake("="))
            ReadNamed(helper, word, position, named);
        else
            Add(ReadPath(word, position));

        void Add(Expression? argument)
        {
            if (argument is not null)
                arguments.Add(argument);
        }
    }

    private void ReadNamed(Helper helper, string name, int position, List<NamedArgument> named)
    {
        if (!helper.Named.Contains(name))
        {
            cursor.Fail(position, helper.Named.Length == 0
                ? $"'{helper.Name}' takes no named arguments."
                : $"'{helper.Name}' has no argument '{name}'; it has {string.Join(", ", helper.Named)}.");
            return;
        }
        var start = cursor.Position;
        var value = cursor.Current == '(' ? ReadParenthesis() : ReadLiteral() ?? (Expression?)ReadPath(TakeWord(), start);
        if (value is not null)
            named.Add(new NamedArgument(name, value));
    }

    private LiteralExpression? ReadLiteral()
    {
        var position = cursor.Position;
        if (cursor.Current is '"' or '\'')
            return ReadText();
        if (Number().Match(cursor.Source, position) is { Length: > 0 } number && number.Index == position)
        {
            cursor.Position += number.Length;
            return new LiteralExpression(TemplateValue.OfNumber(number.Value), position);
        }
        foreach (var (word, value) in Words)
        {
            if (cursor.At(word) && IsEndOfWord(position + word.Length))
            {
                cursor.Position += word.Length;
                return new LiteralExpression(value, position);
            }
        }
        return null;
    }

    private static readonly (string Word, TemplateValue Value)[] Words =
        [("true", TemplateValue.Of(true)), ("false", TemplateValue.Of(false)), ("null", TemplateValue.Null)];

    private LiteralExpression? ReadText()
    {
        var position = cursor.Position;
        var quote = cursor.Current;
        var end = position + 1;
        while (end < cursor.Source.Length && cursor.Source[end] != quote)
            end += cursor.Source[end] == '\\' ? 2 : 1;
        if (end >= cursor.Source.Length)
        {
            cursor.Fail(position, "This text has no closing quote.");
            return null;
        }
        var text = cursor.Source[(position + 1)..end];
        cursor.Position = end + 1;
        return new LiteralExpression(TemplateValue.Of(EscapedCharacter().Replace(text, "$1")), position);
    }

    private Expression? ReadPath(string word, int position)
    {
        var (expression, problem) = scopes.PathOf(word, position);
        if (problem is not null)
            cursor.Fail(position, problem);
        return expression;
    }

    /// <summary>Everything up to a space or a character with a meaning; a segment in brackets may hold any of these.</summary>
    private string TakeWord()
    {
        var start = cursor.Position;
        while (!IsEndOfWord(cursor.Position))
        {
            if (cursor.Current == '[' && cursor.Source.IndexOf(']', cursor.Position) is var end and > 0)
                cursor.Position = end;
            cursor.Position++;
        }
        if (cursor.Position == start && !cursor.HasFailed && !AtEndOfExpression())
            cursor.Fail(start, $"'{cursor.Current}' is not expected here.");
        return cursor.Source[Math.Min(start, cursor.Source.Length)..Math.Min(cursor.Position, cursor.Source.Length)];
    }

    private bool IsEndOfWord(int position) =>
        position >= cursor.Source.Length || char.IsWhiteSpace(cursor.Source[position])
        || cursor.Source[position] is '(' or ')' or '{' or '}' or '=' or '~' or '"' or '\'' or '|' or '<' or '>';

    private bool AtEndOfExpression() => cursor.AtEnd || cursor.Current is ')' or '}' || cursor.At("~}");

    private static string CountOf(Helper helper) => (helper.MinArguments, helper.MaxArguments) switch
    {
        (1, 1) => "one argument",
        var (least, most) when least == most => string.Create(CultureInfo.InvariantCulture, $"{least} arguments"),
        var (least, most) => string.Create(CultureInfo.InvariantCulture, $"{least} to {most} arguments"),
    };

    [GeneratedRegex(@"\\([""'\\])")]
    private static partial Regex EscapedCharacter();

    // Anchored at the place that is asked for; what follows must not make a name of it.
    [GeneratedRegex(@"\G-?[0-9]{1,28}(\.[0-9]{1,20})?(?![\w.$/\[-])")]
    private static partial Regex Number();
}
