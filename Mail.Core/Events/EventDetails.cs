using System.Text.Json;
using Mail.Core.Messages;

namespace Mail.Core.Events;

/// <summary>An event as it is read back.</summary>
/// <param name="ResourceType">One of <see cref="EventResources"/>.</param>
/// <param name="Message">The message it belongs to, when there is one.</param>
/// <param name="Data">What the event carries, as stored; null for nothing.</param>
public sealed record EventDetails(
    EventId Id, string Type, string ResourceType, Guid ResourceId, MessageId? Message, DateTimeOffset CreatedAt, JsonElement? Data);
