using Mail.Protocol.Dns;

namespace Mail.Core.Domains.Records;

/// <summary>A DNS record that a domain's owner is asked to publish.</summary>
/// <param name="Name">Where, in full and without trailing dot.</param>
/// <param name="Value">What, as zone files write it; an MX with its preference in front.</param>
/// <param name="IsRequired">Whether the domain counts as verified only with it.</param>
public sealed record ExpectedRecord(RecordPurpose Purpose, DnsRecordType Type, string Name, string Value, bool IsRequired);

/// <summary>What a record is for, which decides how what is found is judged.</summary>
public enum RecordPurpose
{
    /// <summary>The public key of signatures.</summary>
    Dkim,

    /// <summary>Where bounces of a custom return path go.</summary>
    MailFrom,

    /// <summary>Who may use the return path.</summary>
    Spf,

    /// <summary>The domain's policy.</summary>
    Dmarc,

    /// <summary>The alias that tracking links use.</summary>
    Tracking,

    /// <summary>A text that proves who controls the domain.</summary>
    Ownership,

    /// <summary>Where mail to the domain goes.</summary>
    Inbound,
}

public enum RecordStatus
{
    /// <summary>Not looked at yet, or no answer so far.</summary>
    Pending,

    /// <summary>Nothing is published there.</summary>
    Missing,

    Verified,

    /// <summary>Something else is published.</summary>
    Failed,
}

/// <summary>What a look at one record came to.</summary>
/// <param name="Found">What was seen, shortened; nothing of it can be trusted.</param>
/// <param name="Explanation">What to do, for people; null when all is well.</param>
/// <param name="IsConclusive">False when DNS gave no answer, so that nothing is known.</param>
public sealed record RecordFinding(RecordStatus Status, IReadOnlyList<string> Found, string? Explanation, bool IsConclusive = true);

/// <summary>A finding as it is kept.</summary>
public sealed record RecordCheck(
    RecordPurpose Purpose, string Name, string Value, RecordStatus Status, IReadOnlyList<string> Found, string? Explanation, DateTimeOffset CheckedAt)
{
    /// <summary>Whether this is about the record as it is expected now.</summary>
    public bool IsOf(ExpectedRecord record) => Purpose == record.Purpose && Name == record.Name && Value == record.Value;
}
