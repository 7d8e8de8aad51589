using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Limits;

/// <summary>How many recipients an organization may send to. An operator can set each for one organization.</summary>
public sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>Recipients that one process accepts per second of an organization; unlimited when absent.</summary>
    [Range(1, 1_000_000)]
    public long? PerSecond { get; set; }

    /// <summary>Recipients per hour of the clock (UTC); unlimited when absent.</summary>
    [Range(1, 1_000_000_000)]
    public long? Hourly { get; set; }

    /// <summary>Recipients per day (UTC); unlimited when absent.</summary>
    [Range(1, 1_000_000_000)]
    public long? Daily { get; set; }

    /// <summary>Recipients on the first day of a warm-up; each day after it has twice those of the one before. Default 50.</summary>
    [Range(1, 1_000_000)]
    public long WarmUpFirstDay { get; set; } = 50;

    /// <summary>Days of a warm-up. Default 14.</summary>
    [Range(1, 20)]
    public int WarmUpDays { get; set; } = 14;

    /// <summary>Recipients per hour of a throttled sender that has no hourly limit of which to leave a tenth. Default 100.</summary>
    [Range(1, 1_000_000)]
    public long ThrottledHourly { get; set; } = 100;
}
