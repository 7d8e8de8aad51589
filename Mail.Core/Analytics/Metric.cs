namespace Mail.Core.Analytics;

/// <summary>What is counted, by the numbers it is stored under. Each counts recipients, not messages.</summary>
public enum Metric : short
{
    Accepted = 1,
    Suppressed = 2,
    Sent = 3,
    Deferred = 4,
    HardBounced = 5,
    SoftBounced = 6,

    /// <summary>Refused for a reason that tells nothing about the address.</summary>
    OtherBounced = 7,
    Failed = 8,
    Complained = 9,
    Opened = 10,
    UniqueOpened = 11,
    Clicked = 12,
    UniqueClicked = 13,
    Unsubscribed = 14,
}
