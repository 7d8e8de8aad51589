using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Mail.Core.Templates;
using Mail.Protocol.Mime;

namespace Mail.Inbound.Submission;

/// <summary>
/// The header fields by which a submitted mail says what the fields of the REST request say. They are for us and are
/// not passed on.
/// </summary>
internal sealed record ControlHeaders
{
    public const string VariablesField = "X-Mail-Variables";
    private const string KeyField = "Idempotency-Key";
    private const string TagField = "X-Mail-Tag";
    private const string MetadataField = "X-Mail-Metadata";
    private const string TemplateField = "X-Mail-Template";
    private const int MaxKey = 256;
    private const int MaxEntries = 50;
    private const int MaxName = 64;
    private const int MaxTag = 256;
    private const int MaxMetadata = 1_000;
    private const int MaxTemplate = 100;

    private static readonly FrozenSet<string> Names =
        FrozenSet.ToFrozenSet([KeyField, TagField, MetadataField, TemplateField, VariablesField], StringComparer.OrdinalIgnoreCase);

    public string? IdempotencyKey { get; private init; }

    public IReadOnlyDictionary<string, string>? Tags { get; private init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; private init; }

    public TemplateUse? Template { get; private init; }

    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>What the fields say, or what is wrong with them.</summary>
    public static (ControlHeaders? Headers, string? Problem) Read(MimeHeaders headers)
    {
        foreach (var name in Names)
        {
            if (name != TagField && headers.FindAll(name).Skip(1).Any())
                return (null, $"{name} must occur once");
        }
        var key = headers.Value(KeyField)?.Trim();
        if (key is { Length: 0 or > MaxKey })
            return (null, $"{KeyField} has 1 to {MaxKey} characters");
        var tags = TagsOf(headers);
        if (Problem(TagField, tags, MaxTag) is { } tagProblem)
            return (null, tagProblem);
        if (!TryReadObject(headers.Value(MetadataField), out var metadataJson) || !TryReadMap(metadataJson, out var metadata))
            return (null, $"{MetadataField} must be a JSON object of strings");
        if (Problem(MetadataField, metadata, MaxMetadata) is { } metadataProblem)
            return (null, metadataProblem);
        var template = headers.Value(TemplateField)?.Trim();
        if (template is { Length: 0 or > MaxTemplate })
            return (null, $"{TemplateField} must be the id or the slug of a template");
        if (!TryReadObject(headers.Value(VariablesField), out var variables))
            return (null, $"{VariablesField} must be a JSON object");
        if (variables is not null && template is null)
            return (null, $"{VariablesField} needs {TemplateField}");
        var use = template is null ? null : new TemplateUse(template, Version: null, variables, VariablesField);
        return (new ControlHeaders { IdempotencyKey = key, Tags = tags, Metadata = metadata, Template = use }, null);
    }

    // As the tags of the API in their short form: labels, or names with values, separated by commas; in one field or several.
    private static Dictionary<string, string>? TagsOf(MimeHeaders headers)
    {
        Dictionary<string, string>? tags = null;
        foreach (var field in headers.FindAll(TagField))
        {
            foreach (var tag in field.Decoded.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = tag.IndexOf('=');
                (tags ??= [])[equals < 0 ? tag : tag[..equals].TrimEnd()] = equals < 0 ? "" : tag[(equals + 1)..].TrimStart();
            }
        }
        return tags;
    }

    private static string? Problem(string field, IReadOnlyDictionary<string, string>? entries, int maxValue)
    {
        if (entries is null)
            return null;
        if (entries.Count > MaxEntries)
            return $"{field} has at most {MaxEntries} entries";
        if (entries.Keys.Any(name => name.Length is 0 or > MaxName || name.Any(char.IsControl)))
            return $"{field}: a name has 1 to {MaxName} characters and no control characters";
        return entries.Values.Any(value => value.Length > maxValue || value.Any(char.IsControl))
            ? $"{field}: a value has at most {maxValue} characters and no control characters"
            : null;
    }

    private static bool TryReadObject(string? text, out JsonElement? value)
    {
        value = null;
        if (text is null)
            return true;
        try
        {
            // Bounded by the header, in depth by the reader's default of 64.
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            if (!JsonElement.TryParseValue(ref reader, out value) || value is not { ValueKind: JsonValueKind.Object })
                return false;
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryReadMap(JsonElement? json, out Dictionary<string, string>? map)
    {
        map = null;
        if (json is not { } entries)
            return true;
        map = [];
        try
        {
            foreach (var entry in entries.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.String || !map.TryAdd(entry.Name, entry.Value.GetString()!))
                    return false;
            }
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // An escape such as \ud800 that is half a character.
        }
    }
}
