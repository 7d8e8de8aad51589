using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Queue;

/// <summary>When the queue counts as healthy.</summary>
public sealed class QueueHealthOptions
{
    public const string Section = "QueueHealth";

    /// <summary>Mail that has been due for longer than this makes <c>/health</c> say Degraded. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan DegradedAfter { get; set; } = TimeSpan.FromMinutes(10);
}
