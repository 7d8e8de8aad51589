using System.ComponentModel.DataAnnotations;

namespace Mail.Worker.Maintenance;

/// <summary>How long is kept what has happened, was counted and told.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Messages that are settled, with content, recipients, attempts, bounces, complaints, batches and one-time codes, and all events and
    /// webhook deliveries. Most of it goes by whole months. Default 400 days.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3660.00:00:00")]
    public TimeSpan History { get; set; } = TimeSpan.FromDays(400);

    /// <summary>The counts of analytics. Default 400 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00")]
    public TimeSpan Analytics { get; set; } = TimeSpan.FromDays(400);

    /// <summary>What was sent by hour and domain. Limits look a day back and reputation Mail:Reputation:Window, 90 days at most; so it is
    /// more than that. Default 100 days.</summary>
    [Range(typeof(TimeSpan), "91.00:00:00", "3660.00:00:00")]
    public TimeSpan SendingHours { get; set; } = TimeSpan.FromDays(100);

    /// <summary>Changes of reputation. Default 400 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00")]
    public TimeSpan ReputationEvents { get; set; } = TimeSpan.FromDays(400);

    /// <summary>That the spend cap of a month was reached; longer than a month, so that nothing is told twice. Default 400 days.</summary>
    [Range(typeof(TimeSpan), "32.00:00:00", "3660.00:00:00")]
    public TimeSpan UsageNotices { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How often what is too old is looked for. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}
