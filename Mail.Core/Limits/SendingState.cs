using Mail.Core.Domains;

namespace Mail.Core.Limits;

/// <summary>All that billing, limits and reputation say of an organization at one moment, by the time of the database.</summary>
/// <param name="HourUsed">Recipients accepted in the hour of the clock; 0 where nothing limits it and it was not asked for.</param>
/// <param name="WarmUpAge">Since the warm-up was started; null without one.</param>
public sealed record SendingState(
    SendingBilling Billing, string Tier, long? PerSecond, long? Hourly, long? Daily, DateTimeOffset? WarmUpStartedAt, TimeSpan? WarmUpAge,
    ReviewState Review, long HourUsed, long DayUsed, TimeSpan HourLeft, TimeSpan DayLeft, SenderStanding Standing,
    IReadOnlyList<DomainStanding> Domains);

/// <param name="IsNoticed">That the cap is reached was told in this month.</param>
public sealed record SendingBilling(bool IsEnabled, bool HasPaymentMethod, long? SpendCapCents, string Period, long Used, bool IsNoticed);

/// <param name="State"><c>none</c>, <c>pending</c>, <c>approved</c> or <c>rejected</c>.</param>
public sealed record ReviewState(string State, string? Reason, DateTimeOffset? RequestedAt);

/// <summary>A domain that reputation holds back.</summary>
public sealed record DomainStanding(DomainId Domain, SenderStanding Standing, long HourUsed);

/// <summary>How far reputation holds a sender back.</summary>
public enum SenderStanding
{
    Free,
    Throttled,
    Disabled,
}
