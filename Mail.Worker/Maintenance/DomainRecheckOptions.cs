using System.ComponentModel.DataAnnotations;

namespace Mail.Worker.Maintenance;

/// <summary>How the records of sending domains are looked at again.</summary>
internal sealed class DomainRecheckOptions
{
    public const string Section = "DomainRecheck";

    /// <summary>How often due domains are looked for. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Domains taken at once. Default 32.</summary>
    [Range(1, 1000)]
    public int Batch { get; set; } = 32;

    /// <summary>Domains looked at at the same time. Default 8.</summary>
    [Range(1, 100)]
    public int Concurrency { get; set; } = 8;

    /// <summary>How long taken domains are kept from other workers. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(5);
}
