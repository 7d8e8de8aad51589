namespace Mail.Core.Templates.Design;

/// <summary>Text with a few kinds of emphasis, links, line breaks and variables.</summary>
public sealed record RichText(IReadOnlyList<RichRun> Runs);

/// <param name="Link">A template of an address; null for no link.</param>
public sealed record RichStyle(bool Bold, bool Italic, bool Underline, bool Strike, string? Link, DesignColor? Color);

public abstract record RichRun
{
    private protected RichRun()
    {
    }
}

public sealed record TextRun(string Text, RichStyle Style) : RichRun;

/// <param name="Tag">The tag of the template language, braces included.</param>
public sealed record VariableRun(string Tag, RichStyle Style) : RichRun;

public sealed record BreakRun : RichRun;
