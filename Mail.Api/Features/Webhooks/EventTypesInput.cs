using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Webhooks;

/// <summary>Types of events as one string with commas, or as an array.</summary>
[ExpectedJson("names separated by commas, or an array of names")]
[JsonConverter(typeof(Converter))]
public sealed class EventTypesInput(IReadOnlyList<string?> names)
{
    public IReadOnlyList<string?> Names => names;

    internal sealed class Converter : JsonConverter<EventTypesInput>
    {
        public override EventTypesInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
                return new EventTypesInput([.. reader.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]);
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new JsonException();
            var names = new List<string?>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                names.Add(reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException());
            return new EventTypesInput(names);
        }

        public override void Write(Utf8JsonWriter writer, EventTypesInput value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Types in this form are only read.");
    }
}
