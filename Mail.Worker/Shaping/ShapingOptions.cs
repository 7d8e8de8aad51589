using System.ComponentModel.DataAnnotations;

namespace Mail.Worker.Shaping;

/// <summary>How destinations are treated: speed, suspensions, and who is told.</summary>
internal sealed class ShapingOptions
{
    public const string Section = "Shaping";

    /// <summary>A file of rules that are read before those that come with the product; the form is that of
    /// Mail.Worker/Shaping/shaping-rules.txt. None by default.</summary>
    public string? RulesFile { get; set; }

    /// <summary>How often holds are read, which operators place or other workers found. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan HoldInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often it is written where domains lead and what holds destinations back, for operators to read. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often route overrides and sources are read. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan RouteInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What counts as the usual speed of an organization or recipient domain that is slowed down, in messages a second: at a tenth of it so many go out
    /// in ten seconds. Default 100.</summary>
    [Range(1, 100_000)]
    public double UsualPerSecond { get; set; } = 100;

    /// <summary>The longest an item waits in memory for its turn under a rate; longer waits are made in the queue. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(5);
}
