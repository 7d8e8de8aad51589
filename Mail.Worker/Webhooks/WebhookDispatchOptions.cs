using System.ComponentModel.DataAnnotations;

namespace Mail.Worker.Webhooks;

/// <summary>How deliveries leave a worker.</summary>
internal sealed class WebhookDispatchOptions
{
    public const string Section = "Webhooks:Dispatch";

    /// <summary>How long an attempt may take from connecting to the last octet of the answer. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a delivery belongs to the worker that claimed it. Longer than Timeout. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the queue is looked at without a signal. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Deliveries that one endpoint gets at the same time, from all workers. Default 10.</summary>
    [Range(1, 100)]
    public int PerEndpoint { get; set; } = 10;

    /// <summary>Deliveries held by one process. Default 1000.</summary>
    [Range(1, 10_000)]
    public int MaxInFlight { get; set; } = 1000;

    /// <summary>Results written by one transaction at most. Default 100.</summary>
    [Range(1, 10_000)]
    public int RecordBatch { get; set; } = 100;

    /// <summary>An endpoint that nothing was delivered to for this long is disabled. Default 5 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "60.00:00:00")]
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);
}
