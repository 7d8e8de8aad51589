using System.ComponentModel.DataAnnotations;

namespace Mail.Core.RateLimits;

/// <summary>Requests that an organization, and one API key of it, may make. Those of one organization can be set in the database.</summary>
public sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Requests per second of an organization that send mail; a batch is one. Default 2000.</summary>
    [Range(1, 1_000_000)]
    public int SendPerSecond { get; set; } = 2000;

    /// <summary>The same for one key. Default 1000.</summary>
    [Range(1, 1_000_000)]
    public int SendPerSecondPerKey { get; set; } = 1000;

    /// <summary>Requests per second of an organization that only read. Default 500.</summary>
    [Range(1, 1_000_000)]
    public int ReadPerSecond { get; set; } = 500;

    /// <summary>The same for one key. Default 250.</summary>
    [Range(1, 1_000_000)]
    public int ReadPerSecondPerKey { get; set; } = 250;

    /// <summary>All other requests per second of an organization. Default 200.</summary>
    [Range(1, 1_000_000)]
    public int WritePerSecond { get; set; } = 200;

    /// <summary>The same for one key. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int WritePerSecondPerKey { get; set; } = 100;

    /// <summary>How much of the allowance may be used at once after a pause: one second's worth is the limit of one second. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Burst { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for Redis before each process counts for itself. Default 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:02")]
    public TimeSpan RedisPatience { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Pause between looking whether Redis is back. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan ProbeEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many API processes divide the limits among them while each counts for itself. Default 1.</summary>
    [Range(1, 1000)]
    public int Processes { get; set; } = 1;
}
