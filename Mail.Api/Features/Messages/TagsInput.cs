using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Messages;

/// <summary>Tags as a map of strings, or as labels separated by commas: those are tags with an empty value.</summary>
[ExpectedJson("an object of strings, or labels separated by commas")]
[JsonConverter(typeof(Converter))]
public sealed class TagsInput(Dictionary<string, string> values)
{
    public IReadOnlyDictionary<string, string> Values => values;

    private static TagsInput FromLabels(string labels)
    {
        var values = new Dictionary<string, string>();
        foreach (var label in labels.Split(',').Select(label => label.Trim(' ')).Where(label => label.Length > 0))
            values[label] = "";
        return new TagsInput(values);
    }

    internal sealed class Converter : JsonConverter<TagsInput>
    {
        public override TagsInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
                return FromLabels(reader.GetString()!);
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException();
            var values = new Dictionary<string, string>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (reader.TokenType != JsonTokenType.String || !values.TryAdd(name, reader.GetString()!))
                    throw new JsonException();
            }
            return new TagsInput(values);
        }

        public override void Write(Utf8JsonWriter writer, TagsInput value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Tags in this form are only read.");
    }
}
