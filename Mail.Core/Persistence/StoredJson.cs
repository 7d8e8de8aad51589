using System.Text.Json.Serialization;
using Mail.Core.Inbound;
using Mail.Core.Messages;
using Mail.Core.Queue;

namespace Mail.Core.Persistence;

/// <summary>Everything that is kept as JSON in a column.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(List<StoredMailbox>))]
[JsonSerializable(typeof(IReadOnlyList<StoredAttachment>))]
[JsonSerializable(typeof(DeliveryEvents.EventData))]
[JsonSerializable(typeof(InboxAuthentication))]
internal sealed partial class StoredJson : JsonSerializerContext;
