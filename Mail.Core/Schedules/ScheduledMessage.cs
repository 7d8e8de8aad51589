using Mail.Core.Messages;

namespace Mail.Core.Schedules;

/// <param name="Status"><c>scheduled</c>, <c>released</c>, <c>canceled</c> or <c>failed</c>.</param>
/// <param name="SettledAt">When it was released, failed or found canceled.</param>
/// <param name="Code">Why it failed, as an error code of the API.</param>
public sealed record ScheduledMessage(
    ScheduledMessageId Id, MessageId Message, string Status, DateTimeOffset SendAt, string Subject, string From, DateTimeOffset CreatedAt,
    DateTimeOffset? SettledAt, string? Code, string? Error)
{
    public static IReadOnlyList<string> Statuses { get; } = ["scheduled", "released", "canceled", "failed"];
}

/// <summary>What became of moving a scheduled message to another time.</summary>
public enum RescheduleOutcome
{
    Moved,
    NotFound,

    /// <summary>It is released, canceled or failed.</summary>
    TooLate,
}
