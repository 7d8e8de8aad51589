using Mail.Protocol.Bounces;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Dsn;

/// <summary>What happened to the message for a recipient (RFC 3464 §2.3.3).</summary>
public enum DsnAction
{
    /// <summary>Not to be delivered any more.</summary>
    Failed,

    /// <summary>Not yet delivered; tried again.</summary>
    Delayed,

    /// <summary>Delivered.</summary>
    Delivered,

    /// <summary>Handed to a server that sends no reports.</summary>
    Relayed,

    /// <summary>Delivered to several addresses behind it.</summary>
    Expanded,
}

/// <summary>One recipient of a report.</summary>
/// <param name="FinalRecipient">The address at the end, as the reporting server knows it.</param>
/// <param name="Action">What happened.</param>
/// <param name="Status">The enhanced status code such as <c>5.1.1</c>; empty when the report has none.</param>
public sealed record DsnRecipient(string FinalRecipient, DsnAction Action, string Status)
{
    /// <summary>The address that the sender gave (<c>ORCPT</c>), or null.</summary>
    public string? OriginalRecipient { get; init; }

    /// <summary>The server that refused, or null.</summary>
    public string? RemoteMta { get; init; }

    /// <summary>What it said, without the type; null when the report does not tell.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>The SMTP reply code in the diagnostic, or null.</summary>
    public int? SmtpCode { get; init; }

    /// <summary>When it was tried last, or null.</summary>
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>Until when it will be tried, for a delay; or null.</summary>
    public DateTimeOffset? WillRetryUntil { get; init; }

    /// <summary>The recipient in the form that the classifier takes. A code in the diagnostic says more than a status of x.0.0.</summary>
    public BounceReply ToBounceReply()
    {
        var status = Status.EndsWith(".0.0", StringComparison.Ordinal) ? ReplyCodes.Find(Diagnostic).Enhanced ?? Status : Status;
        return new BounceReply(BounceStage.Report, SmtpCode, status.Length == 0 ? null : status, Diagnostic ?? "");
    }
}

/// <summary>A delivery status notification.</summary>
public sealed record DsnReport
{
    /// <summary>The form it came in: <c>rfc3464</c>, or the writer of a free text such as <c>qmail</c>.</summary>
    public required string Dialect { get; init; }

    /// <summary>What happened per recipient; at least one.</summary>
    public required IReadOnlyList<DsnRecipient> Recipients { get; init; }

    /// <summary>The reporting server without the type, or null.</summary>
    public string? ReportingMta { get; init; }

    /// <summary>The server that the reporting one had the message from, or null.</summary>
    public string? ReceivedFromMta { get; init; }

    /// <summary>The envelope id of the sender (<c>ENVID</c>), or null.</summary>
    public string? OriginalEnvelopeId { get; init; }

    /// <summary>When the message arrived at the reporting server, or null.</summary>
    public DateTimeOffset? ArrivalDate { get; init; }

    /// <summary>The header of the message that the report is about, or null when it was not sent back.</summary>
    public MimeHeaders? OriginalHeaders { get; init; }

    /// <summary>The Message-ID of that message without angle brackets, or null.</summary>
    public string? OriginalMessageId =>
        OriginalHeaders?.Find("Message-ID") is { } header ? MessageIdSyntax.ReadList(header.Unfolded).FirstOrDefault() : null;
}
