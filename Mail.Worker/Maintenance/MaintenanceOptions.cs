using System.ComponentModel.DataAnnotations;

namespace Mail.Worker.Maintenance;

/// <summary>What is done from time to time.</summary>
internal sealed class MaintenanceOptions
{
    public const string Section = "Maintenance";

    /// <summary>How often partitions are made ahead. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan PartitionInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Months that have their partitions beforehand. Default 3.</summary>
    [Range(1, 24)]
    public int MonthsAhead { get; set; } = 3;

    /// <summary>How often expired idempotency keys are looked for. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CleanUpInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Rows deleted by one statement. Default 1000.</summary>
    [Range(1, 100_000)]
    public int CleanUpBatch { get; set; } = 1000;

    /// <summary>How often one-time codes that have expired are told of, and the content of their mails erased. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan OtpInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the queues are looked at for dead rows. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan VacuumInterval { get; set; } = TimeSpan.FromSeconds(3);
}
