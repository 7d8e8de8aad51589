using System.Text;

namespace Mail.Core.Templates.Design;

/// <summary>The html of a table of data: a real table, with header cells that screen readers read out.</summary>
internal sealed class TableHtml(DesignSettings settings, StringBuilder html, BlockHtml blocks)
{
    private readonly DesignColor _text = DesignColor.Of(settings.Light, "text");
    private readonly DesignColor _muted = DesignColor.Of(settings.Light, "muted");

    private string Border => settings.Light.Border;

    public void Write(TableBlock table)
    {
        html.Append("<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"width:100%;border-collapse:collapse\">\n<tr>\n");
        foreach (var column in table.Columns)
            Cell("th scope=\"col\"", "th", HtmlText.EscapeTemplate(column.Title), column.Align, _muted, 13, "font-weight:bold;");
        html.Append("</tr>\n");
        if (table.Each is { } each)
            html.Append($"{{{{#each {each}}}}}\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>\n");
            for (var i = 0; i < row.Count; i++)
                Cell("td", "td", blocks.Inline(row[i]), table.Columns[i].Align, _text, 15, "");
            html.Append("</tr>\n");
        }
        if (table.Each is not null)
            html.Append("{{/each}}\n");
        foreach (var total in table.Totals)
            WriteTotal(total, table.Columns.Count);
        html.Append("</table>\n");
    }

    private void WriteTotal(TableTotal total, int columns)
    {
        var weight = total.IsBold ? "font-weight:bold;" : "";
        html.Append("<tr>\n");
        if (columns > 1)
            html.Append($"<td colspan=\"{columns - 1}\"{HtmlText.ClassOf("tx", _text)} style=\"padding:8px 8px 0 0;{blocks.FontOf(15, _text)}{weight}text-align:{blocks.AlignOf(DesignAlign.End)}\">{HtmlText.EscapeTemplate(total.Label)}</td>\n");
        var label = columns > 1 ? "" : HtmlText.EscapeTemplate(total.Label) + " ";
        html.Append($"<td{HtmlText.ClassOf("tx", _text)} style=\"padding:8px 0 0;{blocks.FontOf(15, _text)}{weight}text-align:{blocks.AlignOf(DesignAlign.End)}\">{label}{blocks.Inline(total.Value)}</td>\n");
        html.Append("</tr>\n");
    }

    private void Cell(string open, string close, string content, DesignAlign align, DesignColor color, int size, string weight) =>
        html.Append($"<{open} class=\"tx-{color.Name} bd-border\" valign=\"top\" style=\"padding:8px 8px 8px 0;border-bottom:1px solid {Border};{blocks.FontOf(size, color)}{weight}text-align:{blocks.AlignOf(align)}\">{content}</{close}>\n");
}
