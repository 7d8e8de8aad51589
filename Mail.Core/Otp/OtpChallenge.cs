using Mail.Core.Messages;

namespace Mail.Core.Otp;

/// <summary>Where a challenge stands. Past its time it is <see cref="Expired"/>, whether or not that is written down yet.</summary>
public enum OtpStatus
{
    Pending,
    Verified,
    Failed,
    Expired,
    Canceled,
}

/// <param name="Address">The address the code was sent to, in its normal form.</param>
public sealed record OtpChallenge(
    OtpChallengeId Id, MessageId Message, string Address, string Purpose, OtpStatus Status, int Attempts, int MaxAttempts,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? SettledAt)
{
    public int AttemptsRemaining => Status == OtpStatus.Pending ? MaxAttempts - Attempts : 0;
}

/// <summary>What came of showing a code.</summary>
public sealed record OtpVerdict(bool Verified, OtpStatus Status, int AttemptsRemaining);

/// <summary>Which challenges to list; null means any.</summary>
public sealed record OtpFilter(string? Address, string? Purpose, OtpStatus? Status, OtpChallengeId? Before, int Count);

public static class OtpStatusText
{
    public static IReadOnlyList<string> All { get; } = ["pending", "verified", "failed", "expired", "canceled"];

    public static string ToText(this OtpStatus status) => All[(int)status];

    public static OtpStatus Parse(string text) =>
        All.ToList().IndexOf(text) is >= 0 and var index ? (OtpStatus)index : throw new FormatException($"'{text}' is no status of a challenge.");
}
