using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Messages;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(ListEnvelope<MessageResponse>))]
[JsonSerializable(typeof(ListEnvelope<LogResponse>))]
[JsonSerializable(typeof(Envelope<CancelResponse>))]
[JsonSerializable(typeof(Envelope<SendMessageResponse>))]
[JsonSerializable(typeof(ResendRequest))]
[JsonSerializable(typeof(EmailCancelResponse))]
[JsonSerializable(typeof(IReadOnlyList<EmailResponse>))]
[JsonSerializable(typeof(IReadOnlyList<AccountMessageResponse>))]
[JsonSerializable(typeof(AccountMessageContentResponse))]
[JsonSerializable(typeof(IReadOnlyList<AccountMessageEventResponse>))]
internal sealed partial class MessagesJson : JsonSerializerContext;
