using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Mail.Core.Templates;
using Mail.Core.Templates.Engine;

namespace Mail.Api.Features.Templates;

/// <summary>A template in a list.</summary>
/// <param name="ActiveVersionNumber">The version that is sent; null for a draft.</param>
public sealed record TemplateSummaryResponse(
    string Id, string Slug, string Name, string Status, int? ActiveVersionNumber, int LatestVersionNumber,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? PublishedAt, DateTimeOffset? LastTestSentAt)
{
    internal static TemplateSummaryResponse Of(TemplateDetails template) => new(
        template.Id.ToString(), template.Slug, template.Name, template.Status.ToText(), template.ActiveVersion, template.LastVersion,
        template.CreatedAt, template.UpdatedAt, template.PublishedAt, template.LastTestSentAt);
}

/// <summary>A template with the version that is sent and its latest versions, newest first.</summary>
public sealed record TemplateResponse(
    string Id, string Slug, string Name, string Status, TemplateVersionResponse? ActiveVersion, TemplateVersionResponse LatestVersion,
    IReadOnlyList<TemplateVersionSummaryResponse> Versions, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    DateTimeOffset? PublishedAt, DateTimeOffset? LastTestSentAt);

/// <param name="Kind"><c>code</c> or <c>design</c>.</param>
public sealed record TemplateVersionSummaryResponse(
    string Id, int VersionNumber, string Kind, string Subject, bool Active, DateTimeOffset CreatedAt)
{
    internal static TemplateVersionSummaryResponse Of(TemplateVersionSummary version, TemplateDetails template) => new(
        version.Id.ToString(), version.Number, TemplateKind.Of(version.IsDesign), version.Subject,
        version.Number == template.ActiveVersion, version.CreatedAt);
}

/// <param name="Html">As it was written.</param>
/// <param name="InlineCss">Whether it is sent with the rules of its style elements in style attributes.</param>
/// <param name="Variables">What the version mentions.</param>
/// <param name="Sample">Variables to try it with.</param>
public sealed record TemplateVersionResponse(
    string Id, int VersionNumber, string Kind, string Subject, string? Html, string? Text, JsonElement? Design, bool InlineCss, bool Active,
    IReadOnlyList<TemplateVariableResponse> Variables, JsonObject Sample, DateTimeOffset CreatedAt)
{
    internal static TemplateVersionResponse Of(TemplateVersion version, TemplateDetails template, TemplateVariables variables)
    {
        var content = version.Content;
        return new TemplateVersionResponse(
            version.Id.ToString(), version.Number, TemplateKind.Of(content.IsDesign), content.Subject, content.Html, content.Text, DesignOf(content),
            content.InlineCss, version.Number == template.ActiveVersion, TemplateVariableResponse.Of(variables), variables.Sample(), version.CreatedAt);
    }

    internal static JsonElement? DesignOf(TemplateContent content) => content.Design is { } design ? JsonElement.Parse(design) : null;
}

/// <param name="Name">The path from the root, such as <c>order.items[].price</c>.</param>
/// <param name="Kind"><c>text</c>, <c>number</c>, <c>date</c>, <c>list</c>, <c>object</c> or, when it is only asked about, <c>any</c>.</param>
public sealed record TemplateVariableResponse(string Name, string Kind, bool Required)
{
    internal static IReadOnlyList<TemplateVariableResponse> Of(TemplateVariables variables) =>
        [.. variables.All.Select(variable => new TemplateVariableResponse(variable.Path, KindOf(variable.Kind), variable.IsRequired))];

    private static string KindOf(VariableKind kind) => kind switch
    {
        VariableKind.Text => "text",
        VariableKind.Number => "number",
        VariableKind.Date => "date",
        VariableKind.List => "list",
        VariableKind.Object => "object",
        _ => "any",
    };
}

/// <summary>What a template renders to.</summary>
/// <param name="MissingVariables">The variables without a value; a send would be refused for them.</param>
/// <param name="Warnings">What would still be sent, and should rather not.</param>
public sealed record TemplatePreviewResponse(
    string Subject, string? Html, string? Text, IReadOnlyList<string> MissingVariables, IReadOnlyList<string> Warnings);

public sealed record TestSendResponse(string MessageId, string Status);

/// <summary>A template on the Account surface: the content is that of the draft, which is the latest version.</summary>
/// <param name="Status">0 draft, 1 published, 2 archived.</param>
/// <param name="HasUnpublishedChanges">Whether the draft is newer than what is sent.</param>
public sealed record AccountTemplateResponse(
    string Id, string Slug, string Name, string Subject, string? Html, string? Text, JsonElement? Design, bool InlineCss, int Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Variables,
    bool HasUnpublishedChanges, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? PublishedAt)
{
    internal static AccountTemplateResponse Of(TemplateDetails template, TemplateContent content, TemplateVariables? variables) => new(
        template.Id.ToString(), template.Slug, template.Name, content.Subject, content.Html, content.Text,
        TemplateVersionResponse.DesignOf(content), content.InlineCss, StatusOf(template),
        variables?.All.Select(variable => variable.Path).ToList(), template.ActiveVersion != template.LastVersion,
        template.CreatedAt, template.UpdatedAt, template.PublishedAt);

    internal static int StatusOf(TemplateDetails template) => template switch
    {
        { Status: TemplateStatus.Archived } => 2,
        { ActiveVersion: null } => 0,
        _ => 1,
    };
}

/// <summary>A template of a list on the Account surface.</summary>
/// <param name="Status">0 draft, 1 published, 2 archived.</param>
public sealed record AccountTemplateSummary(
    string Id, string Slug, string Name, int Status, bool HasUnpublishedChanges, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    DateTimeOffset? PublishedAt)
{
    internal static AccountTemplateSummary Of(TemplateDetails template) => new(
        template.Id.ToString(), template.Slug, template.Name, AccountTemplateResponse.StatusOf(template),
        template.ActiveVersion != template.LastVersion, template.CreatedAt, template.UpdatedAt, template.PublishedAt);
}

internal static class TemplateKind
{
    public static string Of(bool isDesign) => isDesign ? "design" : "code";
}
