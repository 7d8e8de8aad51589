using System.Globalization;
using System.Text;

namespace Mail.Core.Templates.Design;

/// <summary>
/// Makes the html part of a design document, as a template. Layout is tables with a presentation role; columns stand side by
/// side where there is room for them and below each other where there is not, without media queries; Outlook, which knows
/// neither, gets tables of its own in conditional comments.
/// </summary>
public sealed class DesignHtml
{
    private const int Gutter = 8;
    private const string Table = "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"";

    // Keeps clients from filling their preview with the text that follows.
    private const string PreheaderFiller = "&#847;&zwnj;&nbsp;";
    private const int PreheaderFillers = 60;

    private readonly DesignSettings _settings;
    private readonly StringBuilder _html = new();
    private readonly BlockHtml _blocks;

    private DesignHtml(DesignSettings settings)
    {
        _settings = settings;
        _blocks = new BlockHtml(settings, _html);
    }

    public static string Render(DesignDocument document)
    {
        var html = new DesignHtml(document.Settings);
        html.WriteDocument(document);
        return html._html.ToString();
    }

    private string Direction => _settings.IsRightToLeft ? "rtl" : "ltr";

    private void WriteDocument(DesignDocument document)
    {
        var settings = document.Settings;
        _html.Append("<!DOCTYPE html>\n");
        _html.Append($"<html lang=\"{settings.Language}\" dir=\"{Direction}\" xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\">\n");
        _html.Append(DesignHead.Of(settings));
        _html.Append($"<body class=\"bg-background\" style=\"margin:0;padding:0;background-color:{settings.Light.Background}\">\n");
        WritePreheader();
        _html.Append($"{Table} class=\"bg-background\" style=\"background-color:{settings.Light.Background}\" lang=\"{settings.Language}\" dir=\"{Direction}\">\n");
        _html.Append("<tr><td class=\"outer\" align=\"center\" style=\"padding:24px 0\">\n");
        Ghost($"<table role=\"presentation\" width=\"{settings.Width}\" align=\"center\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td>");
        _html.Append($"<div style=\"max-width:{settings.Width}px;margin:0 auto\">\n");
        WriteAll(document.Children);
        _html.Append("</div>\n");
        Ghost("</td></tr></table>");
        _html.Append("</td></tr>\n</table>\n</body>\n</html>\n");
    }

    private void WritePreheader()
    {
        if (string.IsNullOrEmpty(_settings.Preheader))
            return;
        _html.Append("<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\" aria-hidden=\"true\">");
        _html.Append(HtmlText.EscapeTemplate(_settings.Preheader));
        for (var i = 0; i < PreheaderFillers; i++)
            _html.Append(PreheaderFiller);
        _html.Append("</div>\n");
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
                WriteSection(section);
                break;
            case RepeatBlock repeat:
                _html.Append($"{{{{#each {repeat.Each}}}}}\n");
                WriteAll(repeat.Children);
                _html.Append("{{/each}}\n");
                break;
            case ConditionBlock condition:
                _html.Append(condition.Test).Append('\n');
                WriteAll(condition.Children);
                if (condition.Otherwise.Count > 0)
                {
                    _html.Append("{{else}}\n");
                    WriteAll(condition.Otherwise);
                }
                _html.Append(condition.Close).Append('\n');
                break;
            default:
                _blocks.Write(block, _settings.Width);
                break;
        }
    }

    private void WriteSection(SectionBlock section)
    {
        _html.Append($"{Table}{HtmlText.ClassOf("bg", section.Background)} style=\"background-color:{section.Background.Light}\">\n");
        // Columns side by side bring gutters of their own, and the last block of a column its gap.
        var side = section.Columns.Count > 1 ? Math.Max(0, section.Padding - Gutter) : section.Padding;
        var below = Math.Max(0, section.Padding - BlockHtml.Gap);
        _html.Append($"<tr><td style=\"padding:{section.Padding}px {side}px {below}px;font-size:0;text-align:{(_settings.IsRightToLeft ? "right" : "left")}\">\n");
        var room = _settings.Width - (2 * side);
        Ghost("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>");
        foreach (var column in section.Columns)
            WriteColumn(column, room * column.Width / 100, isAlone: section.Columns.Count == 1);
        Ghost("</tr></table>");
        _html.Append("</td></tr>\n</table>\n");
    }

    private void WriteColumn(ColumnBlock column, int width, bool isAlone)
    {
        Ghost(string.Create(CultureInfo.InvariantCulture, $"<td width=\"{width}\" valign=\"{column.VerticalAlign}\">"));
        _html.Append(isAlone
            ? "<div>\n"
            : $"<div class=\"column\" style=\"display:inline-block;width:100%;max-width:{width}px;vertical-align:{column.VerticalAlign}\">\n");
        _html.Append($"{Table}>\n");
        var padding = isAlone ? 0 : Gutter;
        _blocks.WriteRows(column.Children, padding, width - (2 * padding));
        _html.Append("</table>\n</div>\n");
        Ghost("</td>");
    }

    private void Ghost(string html) => _html.Append($"<!--[if mso]>{html}<![endif]-->\n");
}
