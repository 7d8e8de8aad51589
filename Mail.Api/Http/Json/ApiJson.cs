using System.Text.Encodings.Web;
using System.Text.Json;
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
[JsonSerializable(typeof(SendMessageRequest))]
[JsonSerializable(typeof(SendEmailRequest))]
[JsonSerializable(typeof(Envelope<SendMessageResponse>))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>How deep a body may nest.</summary>
    public const int MaxDepth = 32;

    /// <summary>For answers written by hand, with the same encoder as all others.</summary>
    public static ApiJson Readable { get; } = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
