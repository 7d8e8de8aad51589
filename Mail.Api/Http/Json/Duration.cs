using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mail.Api.Http.Json;

/// <summary>A span of time as requests write it: <c>90s</c>, <c>10m</c>, <c>48h</c>, <c>7d</c>.</summary>
[ExpectedJson("a duration such as \"90s\", \"10m\", \"48h\" or \"7d\"")]
[JsonConverter(typeof(Converter))]
public readonly record struct Duration(TimeSpan Value)
{
    private const int MaxDigits = 7;

    public static bool TryParse(ReadOnlySpan<char> text, out Duration duration)
    {
        duration = default;
        if (text.Length is < 2 or > MaxDigits + 1
            || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        };
        if (unit is null || count > TimeSpan.MaxValue / unit)
            return false;
        duration = new Duration(unit.Value * count);
        return true;
    }

    internal sealed class Converter : JsonConverter<Duration>
    {
        public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var duration) ? duration : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
            writer.WriteStringValue($"{value.Value.TotalSeconds:0}s");
    }
}
