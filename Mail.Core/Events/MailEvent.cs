using System.Text.Json;

namespace Mail.Core.Events;

/// <summary>An event as the Mail surface shows and delivers it.</summary>
/// <param name="ResourceType">The noun the event is about.</param>
/// <param name="ResourceId">The id of that.</param>
/// <param name="MessageId">The message the event belongs to, when there is one.</param>
/// <param name="Data">What happened in detail; its fields depend on the type.</param>
public sealed record MailEvent(
    string Id, string Type, string ResourceType, string ResourceId, string? MessageId, DateTimeOffset CreatedAt, JsonElement Data);
