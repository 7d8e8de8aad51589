using Mail.Protocol.Mime;

namespace Mail.Protocol.Arf;

/// <summary>What a feedback report is about (RFC 5965 §7.3, RFC 6591, RFC 6650).</summary>
public enum FeedbackType
{
    /// <summary>Spam or some other kind of unwanted mail.</summary>
    Abuse,

    /// <summary>Fraud or phishing.</summary>
    Fraud,

    /// <summary>Malware in the message.</summary>
    Virus,

    /// <summary>A failed authentication check.</summary>
    AuthFailure,

    /// <summary>The recipient says that it was no spam after all.</summary>
    NotSpam,

    /// <summary>A request to be taken off the list.</summary>
    OptOut,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>A report that a recipient complained about a message.</summary>
public sealed record ArfReport
{
    /// <summary>What it is about.</summary>
    public required FeedbackType Type { get; init; }

    /// <summary>The form it came in: <c>rfc5965</c>, or <c>jmrp</c> for the forwarded messages of Outlook.com.</summary>
    public required string Dialect { get; init; }

    /// <summary>The program that wrote it; null when it does not say.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The envelope sender of the message, without angle brackets; null when it was removed.</summary>
    public string? OriginalMailFrom { get; init; }

    /// <summary>The recipients as far as the report names them; providers often remove them.</summary>
    public IReadOnlyList<string> OriginalRecipients { get; init; } = [];

    /// <summary>The domains that the report is about.</summary>
    public IReadOnlyList<string> ReportedDomains { get; init; } = [];

    /// <summary>The address that the message came from, or null.</summary>
    public string? SourceIp { get; init; }

    /// <summary>When the message arrived, or null.</summary>
    public DateTimeOffset? ArrivalDate { get; init; }

    /// <summary>How many complaints the report stands for; 1 when it does not say (RFC 5965 §3.2).</summary>
    public int Incidents { get; init; } = 1;

    /// <summary>The header of the message, or null when it was not sent along.</summary>
    public MimeHeaders? OriginalHeaders { get; init; }

    /// <summary>The Message-ID of the message without angle brackets, or null.</summary>
    public string? OriginalMessageId =>
        OriginalHeaders?.Find("Message-ID") is { } header ? MessageIdSyntax.ReadList(header.Unfolded).FirstOrDefault() : null;
}
