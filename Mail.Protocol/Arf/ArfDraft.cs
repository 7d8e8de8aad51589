namespace Mail.Protocol.Arf;

/// <summary>A complaint to be written.</summary>
public sealed record ArfDraft
{
    /// <summary>The address in <c>From</c>.</summary>
    public required string From { get; init; }

    /// <summary>Where those who sent the message want complaints.</summary>
    public required string To { get; init; }

    /// <summary>The id of the report, without angle brackets.</summary>
    public required string MessageId { get; init; }

    /// <summary>The date of the report.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The program that writes it.</summary>
    public required string UserAgent { get; init; }

    /// <summary>The envelope sender of the message.</summary>
    public required string OriginalMailFrom { get; init; }

    /// <summary>Who complains.</summary>
    public required string OriginalRecipient { get; init; }

    /// <summary>The header of the message as received, of which the first 64 KiB are sent back.</summary>
    public required ReadOnlyMemory<byte> OriginalHeader { get; init; }
}
