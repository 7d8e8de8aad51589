using System.Text.Json.Serialization;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Tls;

namespace Mail.Api.Features.Domains;

/// <summary>A sending domain on the Mail surface.</summary>
public sealed record DomainResponse
{
    public required string Id { get; init; }

    /// <summary>In A-labels.</summary>
    public required string Domain { get; init; }

    /// <summary><c>pending</c>, <c>verified</c>, <c>failed</c> or <c>disabled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it is disabled: <c>operator</c>, or <c>claimed</c> by another organization.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DisabledReason { get; init; }

    public required string SpfStatus { get; init; }

    public required string DkimStatus { get; init; }

    public required string DmarcStatus { get; init; }

    public required string ReturnPathStatus { get; init; }

    /// <summary>Always false: DNS is the owner's.</summary>
    public required bool ManagedDns { get; init; }

    public required string MailFromDomain { get; init; }

    public required DomainTrackingResponse Tracking { get; init; }

    /// <summary>How much TLS its mail needs: <c>opportunistic</c> or <c>required</c>.</summary>
    public required string Tls { get; init; }

    public required IReadOnlyList<DomainRecordResponse> Records { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? VerifiedAt { get; init; }

    public required DateTimeOffset? LastCheckedAt { get; init; }

    internal static DomainResponse Of(SendingDomain domain, DomainRecords records)
    {
        var all = records.WithChecks(domain);
        return new DomainResponse
        {
            Id = domain.Id.ToString(),
            Domain = domain.Name,
            Status = domain.Status.ToText(),
            DisabledReason = domain.DisabledReason?.ToText(),
            SpfStatus = StatusOf(all, RecordPurpose.Spf),
            DkimStatus = StatusOf(all, RecordPurpose.Dkim),
            DmarcStatus = StatusOf(all, RecordPurpose.Dmarc),
            ReturnPathStatus = StatusOf(all, RecordPurpose.MailFrom),
            ManagedDns = false,
            MailFromDomain = domain.MailFromHost,
            Tracking = new DomainTrackingResponse(domain.TrackOpens, domain.TrackClicks, domain.TrackingHost,
                domain.TrackingHost is null ? null : StatusOf(all, RecordPurpose.Tracking)),
            Tls = domain.Tls.ToText(),
            Records = [.. all.Select(record => DomainRecordResponse.Of(record, records.Ttl))],
            CreatedAt = domain.CreatedAt,
            VerifiedAt = domain.VerifiedAt,
            LastCheckedAt = domain.LastCheckedAt,
        };
    }

    // Of several keys, the one that signs.
    private static string StatusOf(IReadOnlyList<DomainRecord> records, RecordPurpose purpose) =>
        (records.Where(record => record.Expected.Purpose == purpose).OrderByDescending(record => record.Expected.IsRequired)
            .FirstOrDefault()?.Status ?? RecordStatus.Missing).ToText();
}

/// <param name="Host">The domain's own tracking host; null when it uses that of the service.</param>
/// <param name="HostStatus">The status of its record; it is used once that is verified.</param>
public sealed record DomainTrackingResponse(bool Opens, bool Clicks, string? Host, string? HostStatus);

/// <param name="Purpose"><c>DKIM</c>, <c>MAIL FROM</c>, <c>SPF</c>, <c>DMARC</c> or <c>TRACKING</c>.</param>
/// <param name="Status"><c>missing</c>, <c>pending</c>, <c>verified</c> or <c>failed</c>.</param>
/// <param name="Required">Whether the domain is verified only with it.</param>
/// <param name="Found">What was seen at the name, or where it was put by mistake.</param>
/// <param name="Explanation">What to do; null when all is well.</param>
public sealed record DomainRecordResponse(
    string Type, string Name, string Value, int Ttl, string Purpose, string Status, bool Required, IReadOnlyList<string> Found,
    string? Explanation, DateTimeOffset? CheckedAt)
{
    internal static DomainRecordResponse Of(DomainRecord record, int ttl) => new(
        record.Expected.Type.ToText(), record.Expected.Name, record.Expected.Value, ttl, record.Expected.Purpose.ToText(),
        record.Status.ToText(), record.Expected.IsRequired, record.Check?.Found ?? [], record.Check?.Explanation, record.Check?.CheckedAt);
}
