using System.Text.Json;

namespace Mail.Core.Templates;

/// <summary>What the content of a message is to be rendered from.</summary>
/// <param name="Template">Id or slug; null: the message's own subject and bodies are the template.</param>
/// <param name="Version">Null for the active one.</param>
/// <param name="Variables">A JSON object; null for no variables.</param>
/// <param name="Field">The field of the request that holds the variables, for what is said about them.</param>
public sealed record TemplateUse(string? Template, TemplateVersionId? Version, JsonElement? Variables, string Field = "variables")
{
    /// <summary>Tries the template out: drafts and archived templates are rendered too, by default in their latest version.</summary>
    public bool IsTest { get; init; }
}
