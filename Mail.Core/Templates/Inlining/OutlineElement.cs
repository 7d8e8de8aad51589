namespace Mail.Core.Templates.Inlining;

/// <summary>An element as selectors see it.</summary>
/// <param name="attributes">Null when the template writes some of them, so that it may be matched by anything.</param>
internal sealed class OutlineElement(string name, int index, OutlineElement? parent, IReadOnlyList<HtmlAttribute>? attributes)
{
    private static readonly string[] _unseen = ["html", "head", "title", "meta", "link", "base", "style", "script", "noscript", "template", "#document"];

    public string Name => name;

    public int Index => index;

    public OutlineElement? Parent => parent;

    public bool IsTablePart { get; } = ImpliedTags.IsTablePart(name);

    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    public IReadOnlyList<HtmlAttribute>? Attributes => attributes;

    /// <summary>Behind the name in the start tag; -1 for an element that has no tag.</summary>
    public int NameEnd { get; init; } = -1;

    public OutlineElement? Previous { get; init; }

    /// <summary>Whether there is nothing of the template between this element and the one in front, or its parent's beginning.</summary>
    public bool PreviousIsSure { get; init; }

    /// <summary>Whether its parents are the same whatever the variables are.</summary>
    public bool ParentsAreSure { get; init; }

    /// <summary>Whether names of variables mean something else here than outside.</summary>
    public bool IsInEach { get; init; }

    /// <summary>Whether a style may be written into it.</summary>
    public bool IsStyled => NameEnd >= 0 && attributes is not null && Array.IndexOf(_unseen, name) < (name == "html" ? 1 : 0);

    public ClassList Classes { get; } = ClassList.Read(attributes?.FirstOrDefault(attribute => attribute.Name == "class")?.Value ?? "");

    public HtmlAttribute? Find(string attribute)
    {
        for (var i = 0; i < (attributes?.Count ?? 0); i++)
        {
            if (attributes![i].Name == attribute)
                return attributes[i];
        }
        return null;
    }

    // What is being gathered while the tree is read.

    public OutlineElement? LastChild { get; set; }

    /// <summary>Whether something of the template stands behind the last child.</summary>
    public bool HasGap { get; set; }
}
