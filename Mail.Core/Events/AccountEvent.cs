namespace Mail.Core.Events;

/// <summary>What the Account surface tells of a message, with the numbers it lists them under.</summary>
public enum AccountEventType
{
    Sent = 0,
    Delivered = 1,
    Bounce = 2,
    Complaint = 3,
    Open = 4,
    Click = 5,
    Reject = 6,
    DeliveryDelay = 7,
}

/// <summary>An event as webhooks of the Account surface receive it.</summary>
/// <param name="Type">Such as <c>email.bounced</c>.</param>
public sealed record AccountEvent(string Id, string Type, DateTimeOffset CreatedAt, AccountEventData Data);

/// <param name="Id">The message.</param>
/// <param name="Status">Such as <c>Bounced</c>.</param>
/// <param name="ErrorMessage">The server's words, where something went wrong.</param>
public sealed record AccountEventData(string Id, string? ToEmail, string Status, string? ErrorMessage);

/// <summary>An event of a message as the Account surface lists it.</summary>
public sealed record AccountMessageEvent(
    string Id, AccountEventType Type, DateTimeOffset OccurredAt, IReadOnlyDictionary<string, string>? Metadata);
