using System.ComponentModel.DataAnnotations;

namespace Mail.Api.Features.Messages;

/// <summary>What one message may hold.</summary>
public sealed class SendOptions
{
    public const string Section = "Send";

    /// <summary>Recipients over to, cc and bcc.</summary>
    [Range(1, 1_000)]
    public int MaxRecipients { get; set; } = 50;

    /// <summary>Characters of the subject.</summary>
    [Range(1, 998)]
    public int MaxSubjectCharacters { get; set; } = 998;

    /// <summary>Bytes of the message after encoding, attachments included.</summary>
    [Range(1_000, 500_000_000)]
    public long MaxMessageBytes { get; set; } = 40_000_000;

    /// <summary>Bytes of the request; JSON writes some texts longer than a mail does.</summary>
    [Range(1_000, 1_000_000_000)]
    public long MaxRequestBytes { get; set; } = 60_000_000;

    /// <summary>Attachments of one message.</summary>
    [Range(0, 1_000)]
    public int MaxAttachments { get; set; } = 100;

    /// <summary>Extra header fields.</summary>
    [Range(0, 1_000)]
    public int MaxHeaders { get; set; } = 50;

    /// <summary>Entries of tags, and of metadata.</summary>
    [Range(0, 1_000)]
    public int MaxLabels { get; set; } = 50;

    /// <summary>The longest time that expiresIn may ask delivery to be tried for.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan MaxExpiresIn { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How far ahead a message may be scheduled. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "366.00:00:00")]
    public TimeSpan MaxSchedule { get; set; } = TimeSpan.FromDays(30);
}
