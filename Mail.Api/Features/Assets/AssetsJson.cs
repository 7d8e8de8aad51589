using System.Text.Json.Serialization;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Assets;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(UploadSessionRequest))]
[JsonSerializable(typeof(SignedUrlRequest))]
[JsonSerializable(typeof(AssetPage))]
[JsonSerializable(typeof(AssetEnvelope<AssetResponse>))]
[JsonSerializable(typeof(AssetEnvelope<UploadSessionResponse>))]
[JsonSerializable(typeof(AssetEnvelope<UploadPartResponse>))]
[JsonSerializable(typeof(AssetEnvelope<SignedUrlResponse>))]
internal sealed partial class AssetsJson : JsonSerializerContext;
