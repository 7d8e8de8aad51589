namespace Mail.Core.Messages;

/// <summary>
/// Where a message or one of its recipients stands. <see cref="Sending"/> is never stored: it is read off a queue row
/// that a worker holds under a live lease.
/// </summary>
public enum MessageStatus
{
    Scheduled,
    Queued,
    Sending,
    Sent,
    Deferred,
    Failed,
    Bounced,
    Suppressed,
    Canceled,
}

public static class MessageStatusText
{
    public static string ToText(this MessageStatus status) => status switch
    {
        MessageStatus.Scheduled => "scheduled",
        MessageStatus.Queued => "queued",
        MessageStatus.Sending => "sending",
        MessageStatus.Sent => "sent",
        MessageStatus.Deferred => "deferred",
        MessageStatus.Failed => "failed",
        MessageStatus.Bounced => "bounced",
        MessageStatus.Suppressed => "suppressed",
        MessageStatus.Canceled => "canceled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static MessageStatus Parse(string text) => text switch
    {
        "scheduled" => MessageStatus.Scheduled,
        "queued" => MessageStatus.Queued,
        "sending" => MessageStatus.Sending,
        "sent" => MessageStatus.Sent,
        "deferred" => MessageStatus.Deferred,
        "failed" => MessageStatus.Failed,
        "bounced" => MessageStatus.Bounced,
        "suppressed" => MessageStatus.Suppressed,
        "canceled" => MessageStatus.Canceled,
        _ => throw new FormatException($"'{text}' is no message status."),
    };
}
