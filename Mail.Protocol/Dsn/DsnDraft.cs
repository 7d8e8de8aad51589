namespace Mail.Protocol.Dsn;

/// <summary>A report to be written.</summary>
public sealed record DsnDraft
{
    /// <summary>Display name and address in <c>From</c>, such as <c>Mail Delivery System &lt;postmaster@mail.example&gt;</c>.</summary>
    public required string From { get; init; }

    /// <summary>The envelope sender of the message the report is about. The report itself goes out with the null sender (RFC 3464 §2).</summary>
    public required string To { get; init; }

    /// <summary>The id of the report, without angle brackets.</summary>
    public required string MessageId { get; init; }

    /// <summary>The date of the report.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The name of the reporting server.</summary>
    public required string ReportingMta { get; init; }

    /// <summary>What happened per recipient.</summary>
    public required IReadOnlyList<DsnRecipient> Recipients { get; init; }

    /// <summary>The subject; null takes one by the actions.</summary>
    public string? Subject { get; init; }

    /// <summary>What people read in front of the list of recipients; null takes a plain sentence.</summary>
    public string? Explanation { get; init; }

    /// <summary>The <c>ENVID</c> of the sender, or null.</summary>
    public string? OriginalEnvelopeId { get; init; }

    /// <summary>When the message arrived, or null.</summary>
    public DateTimeOffset? ArrivalDate { get; init; }

    /// <summary>The header of the message as received, of which the first 64 KiB are sent back; empty for none.</summary>
    public ReadOnlyMemory<byte> OriginalHeader { get; init; }
}
