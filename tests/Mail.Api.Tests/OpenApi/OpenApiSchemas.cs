using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Mail.Api.Features.Messages;
using Mail.Api.Features.Webhooks;
using Mail.Api.Http;
using Mail.Api.Http.Json;

namespace Mail.Api.Tests.OpenApi;

/// <summary>The schemas of everything the API reads and writes, made of the same type information that it reads and writes by.</summary>
internal sealed class OpenApiSchemas(IServiceProvider services)
{
    // With a display name it is no bare address, so no format can be asked for.
    private const string Address = """{"type":"string"}""";
    private const string Mailbox =
        """{"type":"object","required":["email"],"additionalProperties":false,"properties":{"email":{"type":"string","format":"email"},"name":{"type":["string","null"]}}}""";

    // What is read by a converter of its own says nothing of its form.
    private static readonly Dictionary<Type, string> _converted = new()
    {
        [typeof(AddressInputs)] = $$$"""
            {"anyOf":[{{{Address}}},{{{Mailbox}}},{"type":"array","items":{"anyOf":[{{{Address}}},{{{Mailbox}}}]}}],"examples":["ada@example.net"]}
            """,
        [typeof(TagsInput)] = """{"anyOf":[{"type":"object","additionalProperties":{"type":"string"}},{"type":"string"}],"examples":[{"kind":"receipt"}]}""",
        [typeof(VariablesInput)] = """{"type":"object","examples":[{"firstName":"Ada"}]}""",
        [typeof(EventTypesInput)] = """{"anyOf":[{"type":"array","items":{"type":"string"}},{"type":"string"}],"examples":[["*"]]}""",
        [typeof(Base64Bytes)] = """{"type":["string","null"]}""",
        [typeof(Duration)] = """{"type":"string","pattern":"^[0-9]+(s|m|h|d)$","examples":["10m"]}""",
    };

    private readonly SortedDictionary<string, JsonNode> _components = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Type> _types = [];

    /// <summary>All schemas that were referred to, by name.</summary>
    public IReadOnlyDictionary<string, JsonNode> Components => _components;

    /// <summary>The schema of the type, as a reference where it has a name.</summary>
    public JsonNode Of(Type type)
    {
        var info = BodyTypes.Find(services, type);
        return info.Kind == JsonTypeInfoKind.Object ? Reference(info.Type) : Export(info);
    }

    private JsonObject Reference(Type type)
    {
        var name = NameOf(type);
        if (_types.TryAdd(name, type))
        {
            _components[name] = new JsonObject();
            _components[name] = Export(BodyTypes.Find(services, type));
        }
        else if (_types[name] != type)
        {
            throw new InvalidOperationException($"{type} and {_types[name]} would both be the schema {name}: rename one.");
        }
        return new JsonObject { ["$ref"] = "#/components/schemas/" + name };
    }

    private JsonNode Export(JsonTypeInfo info) => info.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    });

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var node = schema as JsonObject ?? [];
        if (_converted.TryGetValue(type, out var converted))
            node = JsonNode.Parse(converted)!.AsObject();
        else if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && context.Path.Length > 0)
            node = IsNullable(node) && !IsGeneric(context) ? new JsonObject { ["anyOf"] = new JsonArray(Reference(type), new JsonObject { ["type"] = "null" }) } : Reference(type);
        else if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
            Complete(node, type);
        if (Describe(context, type) is { } text && !node.ContainsKey("description"))
            node["description"] = text;
        return node;
    }

    private static void Complete(JsonObject node, Type type)
    {
        node.Remove("$schema");
        node["type"] = "object";
        // Clients must bear fields that a later version adds; requests with unknown fields are refused.
        if (!type.Name.EndsWith("Request", StringComparison.Ordinal))
            node.Remove("additionalProperties");
        if (type.GetCustomAttribute<RequiredFieldsAttribute>() is { } required)
            node["required"] = new JsonArray([.. required.Names.Select(name => JsonValue.Create(name))]);
        if (node["properties"] is JsonObject properties)
        {
            foreach (var name in properties.Where(property => property.Value?["not"] is not null).Select(property => property.Key).ToList())
                properties.Remove(name);
        }
    }

    private static string? Describe(JsonSchemaExporterContext context, Type type) =>
        context.PropertyInfo?.AttributeProvider is PropertyInfo property ? XmlComments.OfProperty(property)
        : context.Path.Length == 0 ? XmlComments.OfType(type) : null;

    // What an envelope holds is there, whatever the type parameter leaves open.
    private static bool IsGeneric(JsonSchemaExporterContext context) =>
        context.PropertyInfo?.AttributeProvider is PropertyInfo { DeclaringType.IsGenericType: true } property
        && property.DeclaringType!.GetGenericTypeDefinition().GetProperty(property.Name)!.PropertyType.IsGenericParameter;

    private static bool IsNullable(JsonObject node) => node["type"] is JsonArray types && types.Any(type => type?.GetValue<string>() == "null");

    private static string NameOf(Type type)
    {
        if (!type.IsGenericType)
            return type.Name.EndsWith("Response", StringComparison.Ordinal) ? type.Name[..^"Response".Length] : type.Name == nameof(ProblemBody) ? "Problem" : type.Name;
        var inner = string.Concat(type.GetGenericArguments().Select(NameOf));
        return inner + type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
    }
}
