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

    /// <summary>Waits differ at random by up to this part, so that what failed together does not come back together. Default 0.15.</summary>
    [Range(0.0, 0.5)]
    public double Jitter { get; set; } = 0.15;
}
