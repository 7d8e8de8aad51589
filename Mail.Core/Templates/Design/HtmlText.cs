using System.Text;

namespace Mail.Core.Templates.Design;

/// <summary>Writes texts into the source of the html part: escaped, and so that no brace of theirs becomes a tag.</summary>
internal static class HtmlText
{
    /// <summary>Text that holds no tags.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = character switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '{' => escaped.Append("&#123;"),
                '\\' => escaped.Append("&#92;"),
                _ => escaped.Append(character),
            };
        }
        return escaped.ToString();
    }

    /// <summary>A template: its text is escaped, its tags stay.</summary>
    public static string EscapeTemplate(string source) =>
        string.Concat(DesignTemplates.Pieces(source).Select(piece => piece.IsTag ? piece.Text : Escape(piece.Text)));

    /// <summary>The style attribute of a run, as elements around its text.</summary>
    public static string Wrap(string html, RichStyle style, string linkStyle, string linkClass)
    {
        if (style.Bold)
            html = $"<strong>{html}</strong>";
        if (style.Italic)
            html = $"<em>{html}</em>";
        if (style.Underline)
            html = $"<u>{html}</u>";
        if (style.Strike)
            html = $"<s>{html}</s>";
        if (style.Color is { } color)
            html = $"<span{ClassOf("tx", color)} style=\"color:{color.Light}\">{html}</span>";
        return style.Link is { } link ? $"<a href=\"{EscapeTemplate(link)}\" class=\"{linkClass}\" style=\"{linkStyle}\">{html}</a>" : html;
    }

    /// <summary>The class that gives a colour of the palette its value in the dark.</summary>
    public static string ClassOf(string prefix, DesignColor color) => color.Name is { } name ? $" class=\"{prefix}-{name}\"" : "";
}
