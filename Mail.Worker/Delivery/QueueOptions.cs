using System.ComponentModel.DataAnnotations;

namespace Mail.Worker.Delivery;

/// <summary>How a worker takes work from the queue.</summary>
internal sealed class QueueOptions
{
    public const string Section = "Queue";

    /// <summary>How long a worker may hold an item without renewing; after a crash its items are due again by then. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the queue is looked at when no signal comes. Default 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Items held at one time by one worker process. Default 1000.</summary>
    [Range(1, 100_000)]
    public int MaxInFlight { get; set; } = 1000;

    /// <summary>Items held beside those because their servers do not answer. Each is a connection. Default 5000.</summary>
    [Range(0, 100_000)]
    public int MaxHanging { get; set; } = 5000;

    /// <summary>Items claimed by one statement at most. Default 250.</summary>
    [Range(1, 10_000)]
    public int ClaimBatch { get; set; } = 250;

    /// <summary>Outcomes written by one transaction at most. Default 250.</summary>
    [Range(1, 10_000)]
    public int RecordBatch { get; set; } = 250;

    /// <summary>Transactions that record outcomes at one time. One makes the largest batches, which cost the database least. Default 1.</summary>
    [Range(1, 16)]
    public int RecordWriters { get; set; } = 1;

    /// <summary>Messages at one time that were ended on the wire and whose outcome is not committed yet: the most that a killed worker may
    /// send twice, besides those that servers leave unanswered for seconds. Default 200.</summary>
    [Range(1, 100_000)]
    public int MaxUnrecorded { get; set; } = 200;

    /// <summary>Memory that messages with attachments may take at one time in one worker process; more of them wait until others are
    /// sent. At most a quarter of what the process may have. Default 256 MB.</summary>
    [Range(1_000_000, 100_000_000_000)]
    public long MaxAttachedBytesInMemory { get; set; } = 256_000_000;

    /// <summary>How often in a row an item may lose its worker, or fail through our own doing, before it is given up. Default 5.</summary>
    [Range(2, 1000)]
    public int MaxFaults { get; set; } = 5;

    /// <summary>How long an item is put back whose destination has as much waiting as it may have. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Postponement { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long transactions may go on after a stop was asked for, before they are cut. Must leave time for recording within
    /// Mail:Shutdown:Timeout. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:30:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
