using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Events;

namespace Mail.Api.Features.Events;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(Envelope<MailEvent>))]
[JsonSerializable(typeof(ListEnvelope<MailEvent>))]
internal sealed partial class EventsJson : JsonSerializerContext;
