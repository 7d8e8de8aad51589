using Mail.Core.Templates.Engine;

namespace Mail.Core.Templates.Inlining;

/// <summary>
/// A template in which every tag of the template language is written over, character by character: to whatever reads HTML or CSS a tag is
/// a word, and what stands in it ends no attribute and no rule. All positions stay.
/// </summary>
internal sealed class MaskedTemplate
{
    /// <summary>Stands for a value that is escaped: text, never markup.</summary>
    public const char Value = '\uE000';

    /// <summary>Stands for a value that is not escaped: it may be anything.</summary>
    public const char Raw = '\uE001';

    /// <summary>Stands for a tag that opens, divides or closes a block; the first character says which.</summary>
    public const char Block = '\uE002';

    public const char OpenIf = '\uE003';
    public const char OpenEach = '\uE004';
    public const char ElseIf = '\uE005';
    public const char Else = '\uE006';
    public const char Close = '\uE007';

    private MaskedTemplate(string source, string text, IReadOnlyList<Tag> blocks)
    {
        Source = source;
        Text = text;
        Blocks = blocks;
    }

    public string Source { get; }

    public string Text { get; }

    /// <summary>The tags that open, divide and close blocks, in order.</summary>
    public IReadOnlyList<Tag> Blocks { get; }

    /// <param name="source">A template that parses.</param>
    public static MaskedTemplate Of(string source, int maxDepth)
    {
        var tags = TemplateParser.TagsOf(source, maxDepth);
        var text = source.ToCharArray();
        // These characters have no meaning in a source, only a look in some fonts.
        for (var i = 0; i < text.Length; i++)
            text[i] = IsMask(text[i]) ? '\uFFFD' : text[i];
        foreach (var tag in tags)
        {
            text.AsSpan(tag.Start, tag.End - tag.Start).Fill(MaskOf(tag.Kind));
            if (MaskOf(tag.Kind) == Block)
                text[tag.Start] = FirstOf(tag.Kind);
        }
        return new MaskedTemplate(source, new string(text), [.. tags.Where(tag => MaskOf(tag.Kind) == Block)]);
    }

    public static bool IsMask(char character) => character is >= Value and <= Close;

    public static bool HasMask(ReadOnlySpan<char> text) => text.IndexOfAnyInRange(Value, Close) >= 0;

    public static bool IsBlock(char character) => character is >= Block and <= Close;

    private static char MaskOf(TagKind kind) => kind switch
    {
        TagKind.Comment => ' ',
        TagKind.Output => Value,
        TagKind.RawOutput => Raw,
        _ => Block,
    };

    private static char FirstOf(TagKind kind) => kind switch
    {
        TagKind.Each => OpenEach,
        TagKind.ElseIf => ElseIf,
        TagKind.Else => Else,
        TagKind.Close => Close,
        _ => OpenIf,
    };
}
