using Mail.Core.Analytics;
using Mail.Core.Messages;
using Mail.Protocol.Addresses;
using Mail.Protocol.Bounces;

namespace Mail.Core.Bounces;

/// <summary>News that a message did not arrive.</summary>
/// <param name="Message">Proven by the return path, never taken from the content.</param>
/// <param name="Effect">What it means for the address: only <see cref="BounceEffect.Hard"/> suppresses at once.</param>
/// <param name="Cause">The class of the bounce as a stable lower-case word.</param>
public sealed record BounceReport(
    MessageId Message, ReportedRecipient Recipient, BounceEffect Effect, BounceSource Source, string? Cause = null, int? SmtpCode = null,
    string? EnhancedCode = null, string? Text = null);

/// <summary>News that a recipient calls a message unwanted.</summary>
/// <param name="FeedbackType">As the report names it: <c>abuse</c>, <c>fraud</c>, …</param>
public sealed record ComplaintReport(MessageId Message, ReportedRecipient Recipient, ComplaintSource Source, string? FeedbackType = null);

/// <summary>Which recipient a report is about.</summary>
/// <param name="Ordinal">Its place in the message, when the return path says so; it goes before the address.</param>
/// <param name="Address">The address, as the report names it. Neither: a message with one recipient is meant.</param>
public sealed record ReportedRecipient(short? Ordinal, EmailAddress? Address = null);

/// <summary>Where the news of a bounce came from.</summary>
public enum BounceSource
{
    Dsn,
    SmtpLog,
    Manual,
    Internal,
}

/// <summary>Where the news of a complaint came from.</summary>
public enum ComplaintSource
{
    Arf,
    Manual,
    Internal,
}

/// <summary>What became of a report.</summary>
public enum ReportOutcome
{
    Recorded,

    /// <summary>It was known: nothing changed.</summary>
    AlreadyKnown,

    /// <summary>There is no such message, or no such recipient of it.</summary>
    Unknown,
}

internal static class BounceTexts
{
    public static string ToText(this BounceSource source) => source switch
    {
        BounceSource.Dsn => "dsn",
        BounceSource.SmtpLog => "smtp_log",
        BounceSource.Manual => "manual",
        BounceSource.Internal => "internal",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    public static string ToText(this ComplaintSource source) => source switch
    {
        ComplaintSource.Arf => "arf",
        ComplaintSource.Manual => "manual",
        ComplaintSource.Internal => "internal",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    /// <summary>What it counts as.</summary>
    public static Metric ToMetric(this BounceEffect effect) => effect switch
    {
        BounceEffect.Hard => Metric.HardBounced,
        BounceEffect.Soft => Metric.SoftBounced,
        BounceEffect.Infrastructure or BounceEffect.None => Metric.OtherBounced,
        _ => throw new ArgumentOutOfRangeException(nameof(effect)),
    };

    /// <summary>What says nothing of the address is of an unknown type.</summary>
    public static string ToType(this BounceEffect effect) => effect switch
    {
        BounceEffect.Hard => "hard",
        BounceEffect.Soft => "soft",
        BounceEffect.Infrastructure or BounceEffect.None => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(effect)),
    };
}
