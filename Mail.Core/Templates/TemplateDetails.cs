namespace Mail.Core.Templates;

/// <summary>A template without its contents.</summary>
/// <param name="ActiveVersion">The version that is sent; null for a draft.</param>
public sealed record TemplateDetails(
    TemplateId Id, string Slug, string Name, TemplateStatus Status, int? ActiveVersion, int LastVersion,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? PublishedAt, DateTimeOffset? LastTestSentAt)
{
    /// <summary>Whether messages can be made of it.</summary>
    public bool CanBeSent => Status == TemplateStatus.Active && ActiveVersion is not null;
}

public enum TemplateStatus
{
    Active,

    /// <summary>Kept, and not to be sent.</summary>
    Archived,

    Deleted,
}

/// <summary>What a version holds.</summary>
/// <param name="Html">A template source; at least one of html and text is there.</param>
/// <param name="Design">The block document that html and text were made from, as JSON; null for one written as code.</param>
public sealed record TemplateContent(string Subject, string? Html, string? Text, string? Design)
{
    public bool IsDesign => Design is not null;

    /// <summary>Whether the rules of <c>style</c> elements are sent as <c>style</c> attributes.</summary>
    public bool InlineCss { get; init; }

    /// <summary>What is sent instead of the html as it was written.</summary>
    public string? InlinedHtml { get; init; }
}

/// <summary>A version: it is never changed.</summary>
public sealed record TemplateVersion(TemplateVersionId Id, int Number, TemplateContent Content, DateTimeOffset CreatedAt);

/// <summary>A version in a list.</summary>
public sealed record TemplateVersionSummary(TemplateVersionId Id, int Number, string Subject, bool IsDesign, DateTimeOffset CreatedAt);

public static class TemplateStatusText
{
    public static string ToText(this TemplateStatus status) => status switch
    {
        TemplateStatus.Active => "active",
        TemplateStatus.Archived => "archived",
        TemplateStatus.Deleted => "deleted",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static TemplateStatus Parse(string text) => text switch
    {
        "active" => TemplateStatus.Active,
        "archived" => TemplateStatus.Archived,
        "deleted" => TemplateStatus.Deleted,
        _ => throw new FormatException($"'{text}' is no status of a template."),
    };
}
