using Mail.Core.Domains;
using Mail.Core.Domains.Blocklists;
using Mail.Core.Domains.Records;

namespace Mail.Api.Features.Domains;

/// <summary>A sending domain on the Account surface.</summary>
/// <param name="Status">1 pending, 2 verified, 3 failed or disabled.</param>
public sealed record AccountDomainResponse(
    string Id, string Domain, int Status, string CustomMailFromDomain, IReadOnlyList<DnsRecordResponse> DnsRecords,
    DateTimeOffset CreatedAt, DateTimeOffset? VerifiedAt)
{
    internal static AccountDomainResponse Of(SendingDomain domain, DomainRecords records) => new(
        domain.Id.ToString(), domain.Name, StatusOf(domain.Status), domain.MailFromHost,
        [.. records.WithChecks(domain).Select(record => DnsRecordResponse.Of(record, records.Ttl))], domain.CreatedAt, domain.VerifiedAt);

    internal static int StatusOf(DomainStatus status) => status switch
    {
        DomainStatus.Pending => 1,
        DomainStatus.Verified => 2,
        DomainStatus.Failed or DomainStatus.Disabled => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}

/// <param name="Value">An MX with its priority in front.</param>
public sealed record DnsRecordResponse(string Type, string Name, string Value, int Ttl, string Purpose, string Status, bool Required, string? Explanation)
{
    internal static DnsRecordResponse Of(DomainRecord record, int ttl) => new(
        record.Expected.Type.ToText(), record.Expected.Name, record.Expected.Value, ttl, record.Expected.Purpose.ToText(),
        record.Status.ToText(), record.Expected.IsRequired, record.Check?.Explanation);
}

/// <summary>The answer of <c>POST /v1/domains/{id}/verify</c>.</summary>
public sealed record VerifiedDomainResponse(string Id, int Status, DateTimeOffset? VerifiedAt);

/// <summary>What public DNS blocklists say about a domain and the addresses its mail comes from.</summary>
/// <param name="Listed">Whether any of them lists any of it.</param>
public sealed record BlocklistResponse(string Domain, bool Listed, DateTimeOffset CheckedAt, IReadOnlyList<BlocklistEntryResponse> Results);

/// <param name="Status"><c>listed</c>, <c>not_listed</c>, or <c>unknown</c>: no answer, or a refusal to answer.</param>
public sealed record BlocklistEntryResponse(string List, string Subject, string Status, bool Listed, IReadOnlyList<string> Codes, string? Reason)
{
    internal static BlocklistEntryResponse Of(BlocklistEntry entry) => new(
        entry.Zone, entry.Subject, TextOf(entry.Status), entry.Status == BlocklistStatus.Listed, entry.Codes, entry.Reason);

    private static string TextOf(BlocklistStatus status) => status switch
    {
        BlocklistStatus.Listed => "listed",
        BlocklistStatus.NotListed => "not_listed",
        BlocklistStatus.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
