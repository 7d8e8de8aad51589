using System.Text.Json;

namespace Mail.Core.Events;

/// <param name="Data">What the event carries, as stored; null for nothing.</param>
public sealed record EventDetails(EventId Id, string Type, DateTimeOffset CreatedAt, JsonElement? Data);
