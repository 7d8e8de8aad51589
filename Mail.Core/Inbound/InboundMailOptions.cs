using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Inbound;

/// <summary>Mail that organizations receive.</summary>
public sealed class InboundMailOptions
{
    public const string Section = "InboundMail";

    /// <summary>How long received mail is kept. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Mail up to this size stands in the database, larger mail in blob storage. Default 64 KB.</summary>
    [Range(0, 10_000_000)]
    public int MaxInlineBytes { get; set; } = 65_536;

    /// <summary>How much of text and of html can be read without the raw mail, in characters. Default 1,000,000.</summary>
    [Range(1_000, 16_000_000)]
    public int MaxTextLength { get; set; } = 1_000_000;

    /// <summary>The most inbound domains of an organization. Default 100.</summary>
    [Range(1, 100_000)]
    public int MaxDomains { get; set; } = 100;

    /// <summary>How long DNS may take for all checks of a mail; what is not known then is a temporary error. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan CheckTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many questions to DNS all checks of a mail may ask. Default 80.</summary>
    [Range(10, 1_000)]
    public int MaxLookups { get; set; } = 80;

    /// <summary>How long mail to the postmaster of our own hosts is kept. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan OperatorRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The most mails to the postmaster that are kept. Default 10,000.</summary>
    [Range(100, 1_000_000)]
    public int MaxOperatorMails { get; set; } = 10_000;

    /// <summary>How long the dev inbox keeps mail. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan DevInboxRetention { get; set; } = TimeSpan.FromDays(7);
}
