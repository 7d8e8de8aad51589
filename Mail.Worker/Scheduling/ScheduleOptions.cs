using System.ComponentModel.DataAnnotations;

namespace Mail.Worker.Scheduling;

/// <summary>The release of scheduled messages.</summary>
internal sealed class ScheduleOptions
{
    public const string Section = "Schedule";

    /// <summary>The longest pause between two looks; what is known to be due earlier is released then. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Messages released in one transaction. Default 200.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 200;
}
