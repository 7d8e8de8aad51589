using System.Globalization;
using System.Text;

namespace Mail.Core.Templates.Design;

/// <summary>The html of the blocks in a column, each in a row of its own.</summary>
internal sealed class BlockHtml(DesignSettings settings, StringBuilder html)
{
    /// <summary>Below each block, in pixels.</summary>
    public const int Gap = 16;

    private const int ButtonHeight = 44;
    private static readonly int[] _headingSizes = [28, 22, 18];

    /// <param name="padding">Left and right, in pixels.</param>
    /// <param name="width">What is left between them.</param>
    public void WriteRows(IEnumerable<DesignBlock> blocks, int padding, int width)
    {
        foreach (var block in blocks)
        {
            switch (block)
            {
                case RepeatBlock repeat:
                    html.Append($"{{{{#each {repeat.Each}}}}}\n");
                    WriteRows(repeat.Children, padding, width);
                    html.Append("{{/each}}\n");
                    break;
                case ConditionBlock condition:
                    html.Append(condition.Test).Append('\n');
                    WriteRows(condition.Children, padding, width);
                    if (condition.Otherwise.Count > 0)
                    {
                        html.Append("{{else}}\n");
                        WriteRows(condition.Otherwise, padding, width);
                    }
                    html.Append(condition.Close).Append('\n');
                    break;
                default:
                    html.Append(CultureInfo.InvariantCulture, $"<tr><td style=\"padding:0 {padding}px {Gap}px;font-size:16px\">\n");
                    Write(block, width);
                    html.Append("</td></tr>\n");
                    break;
            }
        }
    }

    public void Write(DesignBlock block, int width)
    {
        switch (block)
        {
            case HeadingBlock heading:
                WriteHeading(heading);
                break;
            case TextBlock text:
                html.Append($"<p{HtmlText.ClassOf("tx", text.Color)} style=\"margin:0;{FontOf(text.Size, text.Color)}text-align:{AlignOf(text.Align)}\">{Inline(text.Content)}</p>\n");
                break;
            case ListBlock list:
                WriteList(list);
                break;
            case ButtonBlock button:
                WriteButton(button);
                break;
            case ImageBlock image:
                WriteImage(image, width);
                break;
            case DividerBlock divider:
                html.Append($"<div{HtmlText.ClassOf("bd", divider.Color)} role=\"separator\" style=\"border-top:{divider.Thickness}px solid {divider.Color.Light};font-size:0;line-height:0\">&nbsp;</div>\n");
                break;
            case SpacerBlock spacer:
                html.Append($"<div style=\"height:{spacer.Height}px;line-height:{spacer.Height}px;font-size:1px\">&nbsp;</div>\n");
                break;
            case SocialBlock social:
                WriteSocial(social);
                break;
            case TableBlock table:
                new TableHtml(settings, html, this).Write(table);
                break;
            case HtmlBlock raw:
                html.Append(raw.Html).Append('\n');
                break;
            case FooterBlock footer:
                WriteFooter(footer);
                break;
            default:
                throw new InvalidOperationException($"{block.GetType().Name} has no html of its own.");
        }
    }

    /// <summary>Rich text within a line.</summary>
    public string Inline(RichText content) => string.Concat(content.Runs.Select(run => run switch
    {
        TextRun text => HtmlText.Wrap(HtmlText.Escape(text.Text).ReplaceLineEndings("<br>"), text.Style, LinkStyle, "tx-link"),
        VariableRun variable => HtmlText.Wrap(variable.Tag, variable.Style, LinkStyle, "tx-link"),
        _ => "<br>",
    }));

    public string FontOf(int size, DesignColor color) =>
        string.Create(CultureInfo.InvariantCulture, $"font-family:{settings.BodyFont};font-size:{size}px;line-height:{size * 3 / 2}px;color:{color.Light};");

    // Old clients know left and right only.
    public string AlignOf(DesignAlign align) => align switch
    {
        DesignAlign.Center => "center",
        DesignAlign.End => settings.IsRightToLeft ? "left" : "right",
        _ => settings.IsRightToLeft ? "right" : "left",
    };

    private string LinkStyle => $"color:{settings.Light.Link};text-decoration:underline";

    private void WriteHeading(HeadingBlock heading)
    {
        var size = _headingSizes[heading.Level - 1];
        html.Append($"<h{heading.Level}{HtmlText.ClassOf("tx", heading.Color)} style=\"margin:0;font-family:{settings.HeadingFont};font-size:{size}px;line-height:{size * 5 / 4}px;");
        html.Append($"font-weight:bold;color:{heading.Color.Light};text-align:{AlignOf(heading.Align)}\">{Inline(heading.Content)}</h{heading.Level}>\n");
    }

    private void WriteList(ListBlock list)
    {
        var tag = list.IsNumbered ? "ol" : "ul";
        var side = settings.IsRightToLeft ? "right" : "left";
        html.Append($"<{tag}{HtmlText.ClassOf("tx", list.Color)} style=\"margin:0;padding:0;padding-{side}:24px;{FontOf(list.Size, list.Color)}\">\n");
        foreach (var item in list.Items)
            html.Append($"<li style=\"margin:0 0 4px\">{Inline(item)}</li>\n");
        html.Append($"</{tag}>\n");
    }

    // Outlook for Windows draws no padding or rounded corner on a link: it gets a shape.
    private void WriteButton(ButtonBlock button)
    {
        var (href, label) = (HtmlText.EscapeTemplate(button.Href), HtmlText.EscapeTemplate(button.Label));
        var arc = Math.Min(50, button.Radius * 100 / ButtonHeight);
        var font = $"font-family:{settings.BodyFont};font-size:16px;font-weight:bold";
        html.Append($"<div style=\"text-align:{AlignOf(button.Align)}\">\n");
        html.Append("<!--[if mso]><v:roundrect xmlns:w=\"urn:schemas-microsoft-com:office:word\" ");
        html.Append($"href=\"{href}\" style=\"height:{ButtonHeight}px;v-text-anchor:middle;width:{button.Width}px\" arcsize=\"{arc}%\" stroke=\"f\" fillcolor=\"{button.Background.Light}\">");
        html.Append($"<w:anchorlock/><center style=\"color:{button.Color.Light};{font}\">{label}</center></v:roundrect><![endif]-->\n");
        html.Append("<!--[if !mso]><!-->");
        html.Append($"<a href=\"{href}\" class=\"{ButtonClasses(button)}\" style=\"display:inline-block;box-sizing:border-box;min-width:{button.Width}px;max-width:100%;padding:10px 20px;");
        html.Append($"background-color:{button.Background.Light};border-radius:{button.Radius}px;color:{button.Color.Light};{font};line-height:24px;text-align:center;text-decoration:none\">{label}</a>");
        html.Append("<!--<![endif]-->\n</div>\n");
    }

    private static string ButtonClasses(ButtonBlock button) => string.Join(' ', new[]
    {
        button.Background.Name is { } background ? "bg-" + background : null,
        button.Color.Name is { } color ? "tx-" + color : null,
    }.Where(name => name is not null));

    private void WriteImage(ImageBlock image, int width)
    {
        var shown = Math.Min(image.Width ?? width, width);
        var tag = $"<img src=\"{HtmlText.EscapeTemplate(image.Src)}\" alt=\"{HtmlText.EscapeTemplate(image.Alt)}\" width=\"{shown}\" "
            + $"class=\"{(image.Width is null ? "fluid " : "")}tx-muted\" style=\"display:inline-block;width:100%;max-width:{shown}px;height:auto;border:0;{FontOf(14, DesignColor.Of(settings.Light, "muted"))}\">";
        html.Append($"<div style=\"text-align:{AlignOf(image.Align)};line-height:0\">");
        html.Append(image.Href is { } href ? $"<a href=\"{HtmlText.EscapeTemplate(href)}\" style=\"text-decoration:none\">{tag}</a>" : tag);
        html.Append("</div>\n");
    }

    private void WriteSocial(SocialBlock social)
    {
        html.Append($"<div style=\"text-align:{AlignOf(social.Align)};{FontOf(14, DesignColor.Of(settings.Light, "muted"))}\">\n");
        foreach (var link in social.Links)
        {
            var label = HtmlText.EscapeTemplate(link.Label);
            var shown = link.Icon is { } icon
                ? $"<img src=\"{HtmlText.EscapeTemplate(icon)}\" alt=\"{label}\" width=\"24\" height=\"24\" style=\"display:inline-block;border:0\">" : label;
            html.Append($"<a href=\"{HtmlText.EscapeTemplate(link.Href)}\" class=\"tx-link\" style=\"{LinkStyle};display:inline-block;padding:4px 8px\">{shown}</a>\n");
        }
        html.Append("</div>\n");
    }

    private void WriteFooter(FooterBlock footer)
    {
        var color = DesignColor.Of(settings.Light, "muted");
        html.Append($"<p{HtmlText.ClassOf("tx", color)} style=\"margin:0;{FontOf(13, color)}text-align:{AlignOf(footer.Align)}\">{Inline(footer.Content)}");
        if (footer.Unsubscribe is { } link)
            html.Append($"<br><a href=\"{HtmlText.EscapeTemplate(link.Href)}\"{HtmlText.ClassOf("tx", color)} style=\"color:{color.Light};text-decoration:underline\">{HtmlText.EscapeTemplate(link.Label)}</a>");
        html.Append("</p>\n");
    }
}
