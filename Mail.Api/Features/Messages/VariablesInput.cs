using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Messages;

/// <summary>The variables of a template: any JSON object.</summary>
[ExpectedJson("an object")]
[JsonConverter(typeof(Converter))]
public sealed class VariablesInput(JsonElement value)
{
    public JsonElement Value => value;

    internal sealed class Converter : JsonConverter<VariablesInput>
    {
        public override VariablesInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.StartObject ? new VariablesInput(JsonElement.ParseValue(ref reader)) : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, VariablesInput value, JsonSerializerOptions options) => value.Value.WriteTo(writer);
    }
}
