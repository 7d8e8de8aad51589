using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Text;

namespace Mail.Api.Features.Messages;

/// <summary>Reads every form of an address field. An entry of another form becomes an error of that entry, so that all can be told at once.</summary>
internal sealed class AddressInputsConverter : JsonConverter<AddressInputs>
{
    private static readonly string[] ItemPaths =
        [.. Enumerable.Range(0, AddressInputs.MaxKept).Select(index => "/" + index.ToString(CultureInfo.InvariantCulture))];

    public override AddressInputs Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var inputs = new AddressInputs();
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.StartObject)
        {
            inputs.Add(ReadItem(ref reader, ""));
            return inputs;
        }
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (inputs.Count < AddressInputs.MaxKept)
                inputs.Add(ReadItem(ref reader, ItemPaths[inputs.Count]));
            else
            {
                reader.Skip();
                inputs.Add(default);
            }
        }
        return inputs;
    }

    public override void Write(Utf8JsonWriter writer, AddressInputs value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Address fields are only read.");

    private static AddressInput ReadItem(ref Utf8JsonReader reader, string path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new AddressInput(path, reader.GetString(), null, null);
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, path);
            default:
                reader.Skip();
                return Wrong(path, FieldCodes.InvalidType, "An address must be a string or an object {email, name}.");
        }
    }

    private static AddressInput ReadObject(ref Utf8JsonReader reader, string path)
    {
        string? email = null, name = null;
        AddressInput? wrong = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("email"u8))
                ReadString(ref reader, path + "/email", ref email, ref wrong);
            else if (reader.ValueTextEquals("name"u8))
                ReadString(ref reader, path + "/name", ref name, ref wrong);
            else
            {
                var unknown = reader.GetString()!;
                wrong ??= Wrong(JsonPointer.Append(path, unknown), FieldCodes.UnknownField,
                    $"There is no field '{JsonPointer.Shorten(unknown)}' here; the nearest known one is '{NearestName.Of(unknown, ["email", "name"])}'.");
                reader.Read();
                reader.Skip();
            }
        }
        return wrong ?? new AddressInput(path, null, email, name);
    }

    private static void ReadString(ref Utf8JsonReader reader, string path, ref string? value, ref AddressInput? wrong)
    {
        if (value is not null)
            throw new JsonException("A name occurs twice.");
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            value = reader.GetString();
            return;
        }
        if (reader.TokenType == JsonTokenType.Null)
            return;
        reader.Skip();
        wrong ??= Wrong(path, FieldCodes.InvalidType, $"{path[1..]} must be a string.");
    }

    private static AddressInput Wrong(string path, string code, string message) => new(path, null, null, null, new FieldError(path, code, message));
}
