namespace Mail.Core.Templates.Design;

/// <summary>A mail as blocks, read and checked: what the visual builder edits and what html and text are made from.</summary>
public sealed record DesignDocument(DesignSettings Settings, IReadOnlyList<DesignBlock> Children);

/// <param name="Preheader">What clients show beside the subject; a template.</param>
public sealed record DesignSettings(
    int Width, string Language, bool IsRightToLeft, string? Preheader, string BodyFont, string HeadingFont, DesignPalette Light, DesignPalette Dark);

/// <summary>The colours of a document by their names, as <c>#rrggbb</c>.</summary>
public sealed record DesignPalette(
    string Background, string Surface, string Text, string Muted, string Link, string Button, string ButtonText, string Border)
{
    public static readonly DesignPalette DefaultLight = new("#f4f4f5", "#ffffff", "#18181b", "#52525b", "#1d4ed8", "#1d4ed8", "#ffffff", "#d4d4d8");
    public static readonly DesignPalette DefaultDark = new("#09090b", "#18181b", "#f4f4f5", "#a1a1aa", "#93c5fd", "#3b82f6", "#ffffff", "#3f3f46");

    public static IReadOnlyList<string> Names { get; } = ["background", "surface", "text", "muted", "link", "button", "buttonText", "border"];

    public string Of(string name) => name switch
    {
        "background" => Background,
        "surface" => Surface,
        "text" => Text,
        "muted" => Muted,
        "link" => Link,
        "button" => Button,
        "buttonText" => ButtonText,
        "border" => Border,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}

/// <summary>A colour: one of the palette, which has another value in the dark, or a fixed one.</summary>
/// <param name="Name">Null for a fixed one.</param>
public sealed record DesignColor(string? Name, string Light)
{
    public static DesignColor Of(DesignPalette palette, string name) => new(name, palette.Of(name));
}

public enum DesignAlign
{
    Start,
    Center,
    End,
}

public abstract record DesignBlock
{
    private protected DesignBlock()
    {
    }
}

/// <summary>A stripe over the whole width, with one to four columns side by side.</summary>
public sealed record SectionBlock(IReadOnlyList<ColumnBlock> Columns, DesignColor Background, int Padding) : DesignBlock;

/// <param name="Width">In percent of the section.</param>
public sealed record ColumnBlock(IReadOnlyList<DesignBlock> Children, int Width, string VerticalAlign) : DesignBlock;

public sealed record HeadingBlock(RichText Content, int Level, DesignAlign Align, DesignColor Color) : DesignBlock;

public sealed record TextBlock(RichText Content, DesignAlign Align, DesignColor Color, int Size) : DesignBlock;

public sealed record ListBlock(IReadOnlyList<RichText> Items, bool IsNumbered, DesignColor Color, int Size) : DesignBlock;

/// <param name="Label">A template, as is <paramref name="Href"/>.</param>
/// <param name="Width">In pixels.</param>
public sealed record ButtonBlock(
    string Label, string Href, DesignAlign Align, DesignColor Background, DesignColor Color, int Width, int Radius) : DesignBlock;

/// <param name="Alt">What is read out instead; empty for an ornament.</param>
/// <param name="Width">In pixels; null for as wide as the column.</param>
public sealed record ImageBlock(string Src, string Alt, int? Width, string? Href, DesignAlign Align) : DesignBlock;

public sealed record DividerBlock(DesignColor Color, int Thickness) : DesignBlock;

public sealed record SpacerBlock(int Height) : DesignBlock;

public sealed record SocialBlock(IReadOnlyList<SocialLink> Links, DesignAlign Align) : DesignBlock;

/// <param name="Icon">The address of an image; null for the label as text.</param>
public sealed record SocialLink(string Label, string Href, string? Icon);

/// <summary>A table of data.</summary>
/// <param name="Each">The list whose items are the rows; null when the rows are given.</param>
/// <param name="Rows">The cells of each row; of an item, one row.</param>
/// <param name="Totals">What stands below.</param>
public sealed record TableBlock(
    IReadOnlyList<TableColumn> Columns, string? Each, IReadOnlyList<IReadOnlyList<RichText>> Rows, IReadOnlyList<TableTotal> Totals) : DesignBlock;

public sealed record TableColumn(string Title, DesignAlign Align);

public sealed record TableTotal(string Label, RichText Value, bool IsBold);

/// <param name="Text">What stands for it in the text part.</param>
public sealed record HtmlBlock(string Html, string? Text) : DesignBlock;

public sealed record FooterBlock(RichText Content, SocialLink? Unsubscribe, DesignAlign Align) : DesignBlock;

/// <summary>Its children once for each item of a list.</summary>
public sealed record RepeatBlock(string Each, IReadOnlyList<DesignBlock> Children) : DesignBlock;

/// <param name="Test">The opening tag, such as <c>{{#if (eq plan "pro")}}</c>.</param>
/// <param name="Close">The closing one.</param>
public sealed record ConditionBlock(
    string Test, string Close, IReadOnlyList<DesignBlock> Children, IReadOnlyList<DesignBlock> Otherwise) : DesignBlock;
