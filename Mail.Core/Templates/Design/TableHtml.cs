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
        for (var i = 0; i < table.Columns.Count; i++)
            Cell("th scope=\"col\"", HtmlText.EscapeTemplate(table.Columns[i].Title), i, table, _muted, "font-weight:bold;");
        html.Append("</tr>\n");
        if (table.Each is { } each)
            html.Append($"{{{{#each {each}}}}}\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>\n");
            for (var i = 0; i < row.Count; i++)
                Cell("td", blocks.Inline(row[i]), i, table, _text, "");
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
            html.Append($"<td colspan=\"{columns - 1}\"{HtmlText.ClassOf("tx", _text)} style=\"padding:{Padding(0, isLast: false)};{blocks.FontOf(15, _text)}{weight}text-align:{blocks.AlignOf(DesignAlign.End)}\">{HtmlText.EscapeTemplate(total.Label)}</td>\n");
        var label = columns > 1 ? "" : HtmlText.EscapeTemplate(total.Label) + " ";
        html.Append($"<td{HtmlText.ClassOf("tx", _text)} style=\"padding:8px 0 0;{blocks.FontOf(15, _text)}{weight}white-space:nowrap;text-align:{blocks.AlignOf(DesignAlign.End)}\">{label}{blocks.Inline(total.Value)}</td>\n");
        html.Append("</tr>\n");
    }

    private void Cell(string tag, string content, int index, TableBlock table, DesignColor color, string weight)
    {
        var column = table.Columns[index];
        var padding = Padding(8, isLast: index == table.Columns.Count - 1);
        html.Append($"<{tag} class=\"tx-{color.Name} bd-border\" valign=\"top\" style=\"padding:{padding};border-bottom:1px solid {Border};");
        html.Append($"{blocks.FontOf(tag == "td" ? 15 : 13, color)}{weight}text-align:{blocks.AlignOf(column.Align)}\">{content}</{tag[..2]}>\n");
    }

    // Room towards the next column, and none at the edge.
    private string Padding(int below, bool isLast)
    {
        var room = isLast ? "0" : "8px";
        return settings.IsRightToLeft ? $"8px 0 {below}px {room}" : $"8px {room} {below}px 0";
    }
}
