using System.Globalization;
using System.Text;

namespace Mail.Core.Templates.Design;

/// <summary>Makes the text part of a design document, as a template, from the same tree as the html.</summary>
public sealed class DesignText
{
    private readonly StringBuilder _text = new();

    private DesignText()
    {
    }

    public static string Render(DesignDocument document)
    {
        var text = new DesignText();
        text.WriteAll(document.Children);
        return text._text.ToString().TrimEnd('\n') + "\n";
    }

    private void WriteAll(IEnumerable<DesignBlock> blocks)
    {
        foreach (var block in blocks)
            Write(block);
    }

    private void Write(DesignBlock block)
    {
        switch (block)
        {
            case SectionBlock section:
                WriteAll(section.Columns);
                break;
            case ColumnBlock column:
                WriteAll(column.Children);
                break;
            case RepeatBlock repeat:
                WriteAround($"{{{{#each {repeat.Each}}}}}", repeat.Children, "{{/each}}");
                break;
            case ConditionBlock condition:
                WriteAround(condition.Test, condition.Children, condition.Otherwise.Count > 0 ? "{{else}}" : condition.Close);
                if (condition.Otherwise.Count > 0)
                    WriteAround(null, condition.Otherwise, condition.Close);
                break;
            default:
                Paragraph(TextOf(block));
                break;
        }
    }

    // Tags that stand alone on their lines leave no empty ones behind.
    private void WriteAround(string? open, IReadOnlyList<DesignBlock> children, string close)
    {
        if (open is not null)
            _text.Append(open).Append('\n');
        WriteAll(children);
        _text.Append(close).Append('\n');
    }

    private static string TextOf(DesignBlock block) => block switch
    {
        HeadingBlock heading => Inline(heading.Content),
        TextBlock text => Inline(text.Content),
        ListBlock list => string.Join('\n', list.Items.Select((item, index) =>
            (list.IsNumbered ? string.Create(CultureInfo.InvariantCulture, $"{index + 1}. ") : "- ") + Inline(item))),
        ButtonBlock button => $"{Escape(button.Label)}: {Escape(button.Href)}",
        ImageBlock image => image.Href is { } href && image.Alt.Length > 0 ? $"{Escape(image.Alt)}: {Escape(href)}" : Escape(image.Alt),
        DividerBlock => "----------",
        SocialBlock social => string.Join('\n', social.Links.Select(LinkOf)),
        TableBlock table => TableOf(table),
        HtmlBlock html => html.Text ?? "",
        FooterBlock footer => Inline(footer.Content) + (footer.Unsubscribe is { } link ? "\n" + LinkOf(link) : ""),
        _ => "",
    };

    private void Paragraph(string text)
    {
        if (text.Trim().Length > 0)
            _text.Append(text).Append("\n\n");
    }

    private static string TableOf(TableBlock table)
    {
        var text = new StringBuilder();
        text.Append(string.Join(" | ", table.Columns.Select(column => Escape(column.Title)))).Append('\n');
        if (table.Each is { } each)
            text.Append($"{{{{#each {each}}}}}\n");
        foreach (var row in table.Rows)
            text.Append(string.Join(" | ", row.Select(Inline))).Append('\n');
        if (table.Each is not null)
            text.Append("{{/each}}\n");
        foreach (var total in table.Totals)
            text.Append($"{Escape(total.Label)}: {Inline(total.Value)}\n");
        return text.ToString().TrimEnd('\n');
    }

    private static string LinkOf(SocialLink link) => $"{Escape(link.Label)}: {Escape(link.Href)}";

    private static string Inline(RichText content)
    {
        var text = new StringBuilder();
        foreach (var run in content.Runs)
        {
            text.Append(run switch
            {
                TextRun plain => WithLink(Literal(plain.Text), plain.Style),
                VariableRun variable => WithLink(variable.Tag, variable.Style),
                _ => "\n",
            });
        }
        return text.ToString();
    }

    private static string WithLink(string text, RichStyle style) => style.Link is { } link ? $"{text} ({Escape(link)})" : text;

    // Text between tags; a tag stays one.
    private static string Escape(string source) =>
        string.Concat(DesignTemplates.Pieces(source).Select(piece => piece.IsTag ? piece.Text : Literal(piece.Text)));

    // A brace or a backslash in front of a tag would change what the tag means.
    private static string Literal(string text) => text
        .Replace("\\", "\u0001", StringComparison.Ordinal)
        .Replace("{", "{{\"{\"}}", StringComparison.Ordinal)
        .Replace("\u0001", "{{\"\\\\\"}}", StringComparison.Ordinal);
}
