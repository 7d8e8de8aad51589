using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Reputation;

/// <summary>How bounces and complaints are judged.</summary>
public sealed class ReputationOptions
{
    public const string Section = "Reputation";

    /// <summary>What time counts. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Recipients sent to within it before anything is judged. Default 100.</summary>
    [Range(1, 1_000_000)]
    public long LeastSent { get; set; } = 100;

    /// <summary>How often it is judged. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);
}
