using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Messages;

/// <summary>How messages are accepted.</summary>
public sealed class AcceptOptions
{
    public const string Section = "Accept";

    /// <summary>How many transactions commit at the same moment in one process when one of them is slow.</summary>
    [Range(1, 32)]
    public int Writers { get; set; } = 2;

    /// <summary>The most messages that share one transaction; those of one batch request always do.</summary>
    [Range(1, 2000)]
    public int MaxBatch { get; set; } = 250;

    /// <summary>The most body bytes that share one transaction.</summary>
    [Range(1_000, 500_000_000)]
    public int MaxBatchBytes { get; set; } = 8_000_000;

    /// <summary>Messages waiting for a writer; more are refused with 503.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; set; } = 5_000;

    /// <summary>How long delivery is tried when the message itself does not say.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromHours(48);

    /// <summary>How long an idempotency key is remembered.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan IdempotencyLifetime { get; set; } = TimeSpan.FromHours(24);
}
