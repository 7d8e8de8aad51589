using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation.Results;
using Mail.Api.Features.Messages;
using Mail.Api.Http.Json;
using Mail.Core.Templates;
using Mail.Core.Templates.Design;

namespace Mail.Api.Features.Templates;

/// <summary>A design document, schema 1: see <c>sdks/templates/design.schema.json</c>.</summary>
[ExpectedJson("an object")]
[JsonConverter(typeof(Converter))]
public sealed class DesignInput(JsonElement value)
{
    private (DesignDocument? Document, IReadOnlyList<DesignError> Errors)? _reading;

    private (DesignDocument? Document, IReadOnlyList<DesignError> Errors) Reading => _reading ??= DesignReader.Read(value);

    internal void Check(string? html, string? text, bool? inlineCss, Action<ValidationFailure> fail)
    {
        if (inlineCss == true)
            fail(Failures.Of("/inlineCss", "invalid_value", "The html of a design has its styles in its elements already."));
        if (!string.IsNullOrEmpty(html) || !string.IsNullOrEmpty(text))
            fail(Failures.Of("/design", "invalid_value", "html and text are made from the design: send either."));
        foreach (var error in Reading.Errors)
            fail(Failures.Of("/design" + error.Path, error.Code, error.Message));
    }

    /// <summary>The content that the document makes; only of a valid one.</summary>
    internal TemplateContent ToContent(string subject) =>
        new(subject, DesignHtml.Render(Reading.Document!), DesignText.Render(Reading.Document!), value.GetRawText());

    internal sealed class Converter : JsonConverter<DesignInput>
    {
        public override DesignInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException();
            // Written anew, so that white space does not make another version.
            using var document = JsonDocument.ParseValue(ref reader);
            return new DesignInput(JsonElement.Parse(JsonSerializer.SerializeToUtf8Bytes(document.RootElement, TemplatesJson.Default.JsonElement)));
        }

        public override void Write(Utf8JsonWriter writer, DesignInput value, JsonSerializerOptions options) => throw new NotSupportedException("Design documents are only read.");
    }
}
