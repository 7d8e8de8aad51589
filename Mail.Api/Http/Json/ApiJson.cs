using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Mail.Api.Features.Messages;

namespace Mail.Api.Http.Json;

/// <summary>Every body of the API, strict in what it reads: unknown fields, duplicate names and deep nesting are errors.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = MaxDepth)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
[JsonSerializable(typeof(IReadOnlyList<FieldError>))]
[JsonSerializable(typeof(SendMessageRequest))]
[JsonSerializable(typeof(SendEmailRequest))]
[JsonSerializable(typeof(Envelope<SendMessageResponse>))]
[JsonSerializable(typeof(Envelope<MessageResponse>))]
[JsonSerializable(typeof(ListEnvelope<AttemptResponse>))]
[JsonSerializable(typeof(ListEnvelope<TimelineItem>))]
[JsonSerializable(typeof(EmailResponse))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>How deep a body may nest.</summary>
    public const int MaxDepth = 32;

    /// <summary>Answers are never put into HTML: addresses and texts stay readable.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
}
