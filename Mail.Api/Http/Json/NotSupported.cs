using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mail.Api.Http.Json;

/// <summary>
/// A field that clients know and this version does not act on. What asks for nothing (null, false, an empty object or
/// array) reads as null; anything else must be refused rather than dropped.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed class NotSupported
{
    private static readonly NotSupported Asked = new();

    private NotSupported()
    {
    }

    internal sealed class Converter : JsonConverter<NotSupported>
    {
        public override NotSupported? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.False)
                return null;
            if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
                return Asked;
            var depth = reader.CurrentDepth;
            reader.Read();
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                return null;
            while (reader.CurrentDepth > depth)
                reader.Read();
            return Asked;
        }

        public override void Write(Utf8JsonWriter writer, NotSupported value, JsonSerializerOptions options) => writer.WriteNullValue();
    }
}
