using System.Text.Json.Serialization;

namespace Mail.Core.Webhooks;

/// <summary>What webhooks keep as JSON in a column.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookEvents.WebhookEventData))]
[JsonSerializable(typeof(WebhookEvents.DeliveryEventData))]
[JsonSerializable(typeof(WebhookEvents.TestEventData))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class WebhookStoredJson : JsonSerializerContext;
