using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Suppressions;

/// <summary>What suppressions put into events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SuppressionEventData))]
[JsonSerializable(typeof(SuppressedRecipientData))]
internal sealed partial class SuppressionJson : JsonSerializerContext
{
    public static NewEvent EventOf(string type, StoredSuppression stored) => new(
        stored.Organization, type, "suppression", stored.Id.Value, stored.Message,
        JsonSerializer.Serialize(new SuppressionEventData(stored.Email, stored.Reason, stored.Source), Default.SuppressionEventData));

    /// <summary>A recipient gets nothing.</summary>
    public static NewEvent EventOf(OrganizationId organization, MessageId message, string recipient, string reason) => NewEvent.OfMessage(
        organization, EventTypes.MessageSuppressed, message,
        JsonSerializer.Serialize(new SuppressedRecipientData(recipient, reason), Default.SuppressedRecipientData));
}

internal sealed record SuppressionEventData(string Email, string Reason, string Source);

internal sealed record SuppressedRecipientData(string Recipient, string Reason);
