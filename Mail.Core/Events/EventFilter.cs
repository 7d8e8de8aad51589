using Mail.Core.Messages;

namespace Mail.Core.Events;

/// <summary>Which events are asked for; what is null does not matter.</summary>
/// <param name="From">Not before then.</param>
/// <param name="To">Before then.</param>
public sealed record EventFilter(
    string? Type = null, string? ResourceType = null, EventResource? Resource = null, MessageId? Message = null,
    DateTimeOffset? From = null, DateTimeOffset? To = null);
