using Mail.Protocol.Dns;

namespace Mail.Core.Domains.Records;

/// <summary>The words of records in the API and in the database, and what others published made fit to be shown.</summary>
public static class RecordText
{
    private const int MaxFound = 5;
    private const int MaxFoundLength = 600;

    public static string ToText(this RecordStatus status) => status switch
    {
        RecordStatus.Pending => "pending",
        RecordStatus.Missing => "missing",
        RecordStatus.Verified => "verified",
        RecordStatus.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static string ToText(this RecordPurpose purpose) => purpose switch
    {
        RecordPurpose.Dkim => "DKIM",
        RecordPurpose.MailFrom => "MAIL FROM",
        RecordPurpose.Spf => "SPF",
        RecordPurpose.Dmarc => "DMARC",
        RecordPurpose.Tracking => "TRACKING",
        RecordPurpose.Ownership => "OWNERSHIP",
        RecordPurpose.Inbound => "INBOUND",
        _ => throw new ArgumentOutOfRangeException(nameof(purpose)),
    };

    public static string ToText(this DnsRecordType type) => type.ToString().ToUpperInvariant();

    // What stands in somebody's DNS is a stranger's text: bounded, and without what breaks lines or the database.
    internal static IReadOnlyList<string> Shown(IEnumerable<string> found) =>
        [.. found.Take(MaxFound).Select(Shown)];

    internal static string Shown(string found)
    {
        var text = found.Length <= MaxFoundLength ? found : string.Concat(found.AsSpan(0, MaxFoundLength), "…");
        return string.Concat(text.Select(c => c is '…' or >= ' ' and <= '~' ? c : '?'));
    }
}
