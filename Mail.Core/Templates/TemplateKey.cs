using Mail.Core.Ids;

namespace Mail.Core.Templates;

/// <summary>How a caller names a template: by id or by slug.</summary>
public readonly record struct TemplateKey
{
    private TemplateKey(Guid? id, string? slug)
    {
        Id = id;
        Slug = slug;
    }

    internal Guid? Id { get; }

    internal string? Slug { get; }

    /// <summary>Null for a text that names no template at all.</summary>
    public static TemplateKey? Read(string text)
    {
        if (PrefixedId.TryParse<TemplateId>(text, out var id))
            return Of(id);
        return TemplateSlug.IsValid(text) ? new TemplateKey(null, text) : null;
    }

    public static TemplateKey Of(TemplateId id) => new(id.Value, null);
}
