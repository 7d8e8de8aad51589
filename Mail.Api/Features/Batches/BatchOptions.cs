using System.ComponentModel.DataAnnotations;

namespace Mail.Api.Features.Batches;

/// <summary>Requests with many messages.</summary>
internal sealed class BatchOptions
{
    public const string Section = "Batch";

    /// <summary>Messages of one request to <c>/v1/mail/batch</c> or <c>/v1/mail/batch-template</c>. Default 500.</summary>
    [Range(1, 10_000)]
    public int MaxMessages { get; set; } = 500;

    /// <summary>Messages of one request to <c>/v1/emails/batch</c>. Default 100.</summary>
    [Range(1, 10_000)]
    public int MaxEmails { get; set; } = 100;

    /// <summary>How long the items of a batch may take; after that what is missing counts as interrupted. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(5);
}
