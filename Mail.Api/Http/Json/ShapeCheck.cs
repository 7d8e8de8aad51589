using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mail.Core.Text;

namespace Mail.Api.Http.Json;

/// <summary>
/// Finds everything that keeps a body from being read as a type: unknown fields and values of the wrong type. Runs only
/// after the reader has refused the body, so that one answer can name all of it.
/// </summary>
internal sealed class ShapeCheck
{
    private readonly List<FieldError> _errors = [];
    private readonly Utf8JsonWriter _accepted;

    private ShapeCheck(IBufferWriter<byte> accepted) => _accepted = new Utf8JsonWriter(accepted);

    /// <summary>The errors, and the body without what is wrong with it.</summary>
    /// <exception cref="JsonException">The body is no JSON at all, too deep, or repeats a name.</exception>
    public static (IReadOnlyList<FieldError> Errors, ReadOnlyMemory<byte> Remainder) Run(ReadOnlyMemory<byte> body, JsonTypeInfo type)
    {
        using var document = JsonDocument.Parse(
            body, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth, AllowDuplicateProperties = false });
        var rest = new ArrayBufferWriter<byte>(body.Length);
        var check = new ShapeCheck(rest);
        check.Visit(document.RootElement, type, "");
        check._accepted.Flush();
        return (check._errors, rest.WrittenMemory);
    }

    private void Visit(JsonElement element, JsonTypeInfo type, string path)
    {
        switch (type.Kind, element.ValueKind)
        {
            case (_, JsonValueKind.Null) when path.Length > 0:
                _accepted.WriteNullValue();
                break;
            case (JsonTypeInfoKind.Object, JsonValueKind.Object):
                VisitObject(element, type, path);
                break;
            case (JsonTypeInfoKind.Enumerable, JsonValueKind.Array):
                VisitArray(element, type, path);
                break;
            case (JsonTypeInfoKind.Dictionary, JsonValueKind.Object):
                VisitMap(element, type, path);
                break;
            default:
                VisitValue(element, type, path);
                break;
        }
    }

    private void VisitObject(JsonElement element, JsonTypeInfo type, string path)
    {
        _accepted.WriteStartObject();
        foreach (var member in element.EnumerateObject())
        {
            var property = type.Properties.FirstOrDefault(known => known.Name == member.Name);
            if (property is null)
            {
                AddUnknown(member.Name, type, path);
                continue;
            }
            _accepted.WritePropertyName(member.Name);
            Visit(member.Value, type.Options.GetTypeInfo(property.PropertyType), JsonPointer.Append(path, member.Name));
        }
        _accepted.WriteEndObject();
    }

    private void VisitArray(JsonElement element, JsonTypeInfo type, string path)
    {
        _accepted.WriteStartArray();
        var index = 0;
        foreach (var item in element.EnumerateArray())
            Visit(item, type.Options.GetTypeInfo(type.ElementType!), JsonPointer.Append(path, index++));
        _accepted.WriteEndArray();
    }

    private void VisitMap(JsonElement element, JsonTypeInfo type, string path)
    {
        _accepted.WriteStartObject();
        foreach (var member in element.EnumerateObject())
        {
            _accepted.WritePropertyName(member.Name);
            Visit(member.Value, type.Options.GetTypeInfo(type.ElementType!), JsonPointer.Append(path, member.Name));
        }
        _accepted.WriteEndObject();
    }

    private void VisitValue(JsonElement element, JsonTypeInfo type, string path)
    {
        try
        {
            element.Deserialize(type);
            element.WriteTo(_accepted);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            var isText = type.Type == typeof(string) && element.ValueKind == JsonValueKind.String;
            Add(isText
                ? new FieldError(path, FieldCodes.InvalidCharacters, $"{Label(path)} has an unpaired surrogate.")
                : new FieldError(path, FieldCodes.InvalidType, $"{Label(path)} must be {ExpectedJson.Of(type)}."));
            WriteStandIn(type);
        }
    }

    // A text that was given wrongly must not count as missing in the checks that follow.
    private void WriteStandIn(JsonTypeInfo type)
    {
        if (type.Type == typeof(string))
            _accepted.WriteStringValue("-"u8);
        else
            _accepted.WriteNullValue();
    }

    private void AddUnknown(string name, JsonTypeInfo type, string path)
    {
        // Looking for the nearest name of each of very many would be an attack.
        if (_errors.Count >= FieldErrors.Max)
            return;
        var nearest = NearestName.Of(name, type.Properties.Select(known => known.Name));
        Add(new FieldError(JsonPointer.Append(path, name), FieldCodes.UnknownField,
            $"There is no field '{JsonPointer.Shorten(name)}' here; the nearest known one is '{nearest}'."));
    }

    private void Add(FieldError error)
    {
        if (_errors.Count < FieldErrors.Max)
            _errors.Add(error);
    }

    private static string Label(string path) => path.Length == 0 ? "The body" : path[1..];
}
