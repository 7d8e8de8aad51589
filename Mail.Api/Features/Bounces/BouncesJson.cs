using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Bounces;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(ListEnvelope<BounceResponse>))]
internal sealed partial class BouncesJson : JsonSerializerContext;
