using Mail.Protocol.Dns;
using Microsoft.Extensions.Options;

namespace Mail.Core.Domains.Records;

/// <summary>The records that the owner of a sending domain is asked to publish.</summary>
public sealed class DomainRecords(IOptions<DomainOptions> options, IOptions<MailHostOptions> host)
{
    /// <summary>What every domain is asked to publish at least.</summary>
    internal const string Dmarc = "v=DMARC1; p=none";
    private const int MxPreference = 10;

    /// <summary>The TTL that is suggested for all of them, in seconds.</summary>
    public int Ttl => options.Value.RecordTtl;

    /// <summary>What stands for our senders in an SPF record.</summary>
    public IReadOnlyList<string> SpfTerms => options.Value.SpfTerms.Count > 0 ? [.. options.Value.SpfTerms] : [$"a:{host.Value.Name}"];

    internal string Spf => $"v=spf1 {string.Join(' ', SpfTerms)} ~all";

    public IReadOnlyList<ExpectedRecord> Of(SendingDomain domain) =>
    [
        .. domain.Keys.Select(key => KeyRecord(domain, key)),
        new(RecordPurpose.MailFrom, DnsRecordType.Mx, domain.MailFromHost, $"{MxPreference} {host.Value.BounceDomain}", IsRequired: true),
        new(RecordPurpose.Spf, DnsRecordType.Txt, domain.MailFromHost, Spf, IsRequired: true),
        new(RecordPurpose.Dmarc, DnsRecordType.Txt, $"_dmarc.{domain.Name}", Dmarc, IsRequired: false),
        .. TrackingRecord(domain),
    ];

    /// <summary>The same with what the last check found at each.</summary>
    public IReadOnlyList<DomainRecord> WithChecks(SendingDomain domain) =>
        [.. Of(domain).Select(record => new DomainRecord(record, domain.Checks.FirstOrDefault(check => check.IsOf(record))))];

    public static ExpectedRecord KeyRecord(SendingDomain domain, DkimSelector key) => new(
        RecordPurpose.Dkim, DnsRecordType.Txt, $"{key.Selector}._domainkey.{domain.Name}", key.PublicRecord, key.IsActive);

    private ExpectedRecord[] TrackingRecord(SendingDomain domain) => domain.TrackingHost is not { } tracking
        ? []
        : [new(RecordPurpose.Tracking, DnsRecordType.Cname, tracking, options.Value.TrackingTarget is { Length: > 0 } target ? target : host.Value.Name,
            IsRequired: false)];
}

/// <param name="Check">Null when the record was not looked at yet.</param>
public sealed record DomainRecord(ExpectedRecord Expected, RecordCheck? Check)
{
    public RecordStatus Status => Check?.Status ?? RecordStatus.Pending;
}
