using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mail.Api.Http.Json;

/// <summary>Bytes as requests write them: base64 (RFC 4648 §4).</summary>
[ExpectedJson("a string of base64")]
[JsonConverter(typeof(Converter))]
public readonly record struct Base64Bytes(ReadOnlyMemory<byte> Value)
{
    // The reader's own way decodes into an array of the shared pool, which keeps one of many megabytes for each thread.
    internal sealed class Converter : JsonConverter<Base64Bytes>
    {
        public override Base64Bytes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException();
            var text = reader.ValueIsEscaped || reader.HasValueSequence ? Unescaped(ref reader) : reader.ValueSpan;
            var bytes = GC.AllocateUninitializedArray<byte>(Base64.GetMaxDecodedFromUtf8Length(text.Length));
            return Base64.DecodeFromUtf8(text, bytes, out _, out var length) == OperationStatus.Done
                ? new Base64Bytes(bytes.AsMemory(0, length))
                : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, Base64Bytes value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.Value.Span);

        // Some writers of JSON escape every slash.
        private static ReadOnlySpan<byte> Unescaped(ref Utf8JsonReader reader)
        {
            var text = GC.AllocateUninitializedArray<byte>(reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length);
            return text.AsSpan(0, reader.CopyString(text));
        }
    }
}
