using System.ComponentModel.DataAnnotations;

namespace Mail.Core.TrackedMail;

/// <summary>What recipients do with mail, where they are asked for it.</summary>
public sealed class TrackingOptions
{
    public const string Section = "Tracking";

    /// <summary>The origin of links, pixels and unsubscription, served by Mail.Api; none: <c>https://</c> and the name of this host.</summary>
    [RegularExpression("^https?://[^/]+$")]
    public string? Origin { get; set; }

    /// <summary>What happens sooner after delivery than this was a machine that looked the mail through. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan PrefetchWindow { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The most opens, and the most clicks, that are written down for one recipient of a message. Default 100.</summary>
    [Range(1, 10_000)]
    public int MaxPerRecipient { get; set; } = 100;

    /// <summary>Opens and clicks that wait to be written down; more are not. Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; set; } = 20_000;
}
