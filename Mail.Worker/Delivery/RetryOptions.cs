using System.ComponentModel.DataAnnotations;

namespace Mail.Worker.Delivery;

/// <summary>When a deferred item is tried again.</summary>
internal sealed class RetryOptions
{
    public const string Section = "Retries";

    /// <summary>Wait after the first attempt; short, because greylisting ends soon. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan First { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>By how much each wait is longer than the one before. Default 3.</summary>
    [Range(1.0, 10.0)]
    public double Growth { get; set; } = 3;

    /// <summary>The longest wait. Default 4 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Longest { get; set; } = TimeSpan.FromHours(4);

    /// <summary>The shortest wait after a full mailbox. Default 30 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MailboxFull { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The shortest wait after a server said that we are too fast. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RateLimited { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The shortest wait after a temporary refusal for our reputation, our authentication or a policy. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Reputation { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Age at which a message that is deferred, held or waiting is told to be late, once (mail.delivery.delayed); 0 for never. Default 4 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan DelayedNotice { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Waits differ at random by up to this part, so that what failed together does not come back together. Default 0.15.</summary>
    [Range(0.0, 0.5)]
    public double Jitter { get; set; } = 0.15;
}
