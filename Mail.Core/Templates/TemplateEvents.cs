using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Core.Events;
using Mail.Core.Organizations;

namespace Mail.Core.Templates;

/// <summary>What events say about templates.</summary>
internal static class TemplateEvents
{
    private const string Resource = "template";

    public static NewEvent Of(OrganizationId organization, string type, TemplateId template, string slug, string name, int? version) =>
        new(organization, type, Resource, template.Value,
            Data: JsonSerializer.Serialize(new TemplateEventData(slug, name, version), TemplateEventJson.Default.TemplateEventData));
}

/// <param name="VersionNumber">The version that was made, or that is sent from now on.</param>
internal sealed record TemplateEventData(string Slug, string Name, int? VersionNumber);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TemplateEventData))]
internal sealed partial class TemplateEventJson : JsonSerializerContext;
