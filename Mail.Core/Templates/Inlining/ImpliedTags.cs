namespace Mail.Core.Templates.Inlining;

/// <summary>The tags that HTML lets one leave out, as far as selectors notice.</summary>
internal static class ImpliedTags
{
    private static readonly string[] _void =
        ["br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source", "embed", "param", "track"];

    private static readonly string[] _endsOptional =
        ["p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup", "caption", "rp", "rt"];

    private static readonly string[] _endsParagraph =
    [
        "address", "article", "aside", "blockquote", "center", "details", "dir", "div", "dl", "fieldset", "figcaption", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "menu", "nav", "ol", "p", "pre", "section", "table", "ul", "li", "dt", "dd",
    ];

    private static readonly string[] _tableParts = ["table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "body", "html"];
    private static readonly string[] _headParts = ["title", "meta", "link", "base", "style", "script", "noscript", "template"];
    private static readonly string[] _rowGroups = ["tbody", "thead", "tfoot"];
    private static readonly string[] _rows = ["tr", "td", "th", "caption", "colgroup"];
    private static readonly string[] _cells = ["td", "th"];
    private static readonly string[] _lists = ["ul", "ol", "menu", "dir", "td", "th", "table"];
    private static readonly string[] _terms = ["dl", "td", "th", "table"];
    private static readonly string[] _blocks = ["td", "th", "table", "caption", "button", "object", "body"];

    public static bool IsVoid(string name) => Array.IndexOf(_void, name) >= 0;

    public static bool IsTablePart(string name) => Array.IndexOf(_tableParts, name) >= 0;

    /// <summary>Whether its end tag may be missing.</summary>
    public static bool MayStayOpen(string name) => Array.IndexOf(_endsOptional, name) >= 0;

    /// <summary>Which elements begin without a tag in front of an element.</summary>
    /// <param name="parent">What stays open around them.</param>
    public static IEnumerable<string> Before(string name, OutlineElement current, out OutlineElement parent)
    {
        parent = current;
        if (Array.IndexOf(_endsParagraph, name) >= 0)
            parent = CloseAny(["p"], _blocks, parent);
        switch (name)
        {
            case "li":
                parent = CloseAny(["li"], _lists, parent);
                break;
            case "dt" or "dd":
                parent = CloseAny(["dt", "dd"], _terms, parent);
                break;
            case "option":
                parent = CloseAny(["option"], ["select"], parent);
                break;
            case "body":
                parent = CloseAny(["head"], ["html"], parent);
                break;
            case "thead" or "tbody" or "tfoot":
                parent = CloseAny([.. _rowGroups, .. _rows], ["table"], parent);
                break;
            case "tr":
                parent = CloseAny(_rows, [.. _rowGroups, "table"], parent);
                return parent.Name == "table" ? ["tbody"] : [];
            case "td" or "th":
                parent = CloseAny(_cells, ["tr", "table"], parent);
                return parent.Name == "table" ? ["tbody", "tr"] : Array.IndexOf(_rowGroups, parent.Name) >= 0 ? ["tr"] : [];
        }
        return BeforePart(name, parent);
    }

    // A document has a body, whoever writes one or not.
    private static string[] BeforePart(string name, OutlineElement parent)
    {
        var isBody = name is not ("html" or "head" or "body") && Array.IndexOf(_headParts, name) < 0;
        return parent.Name switch
        {
            "#document" when isBody => ["html", "body"],
            "#document" when name != "html" => ["html"],
            "html" when isBody => ["body"],
            _ => [],
        };
    }

    /// <summary>The open element that an end tag closes; null when it closes none.</summary>
    public static OutlineElement? FindOpen(string name, OutlineElement current)
    {
        var isTablePart = IsTablePart(name);
        for (var element = current; element.Parent is not null; element = element.Parent)
        {
            if (element.Name == name)
                return element;
            // No end tag in a cell closes what is around the table.
            if ((!isTablePart && element.IsTablePart) || (element.Name == "table" && name is not ("body" or "html")))
                return null;
        }
        return null;
    }

    // Closes the outermost of these up to one that stops it.
    private static OutlineElement CloseAny(string[] names, string[] stops, OutlineElement current)
    {
        var parent = current;
        for (var element = current; element.Parent is not null && Array.IndexOf(stops, element.Name) < 0; element = element.Parent)
        {
            if (Array.IndexOf(names, element.Name) >= 0)
                parent = element.Parent;
        }
        return parent;
    }
}
