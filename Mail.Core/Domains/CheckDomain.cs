using Mail.Core.Domains.Records;
using Mail.Core.Organizations;

namespace Mail.Core.Domains;

/// <summary>Looks the records of a domain up and keeps what they say about it.</summary>
public sealed class CheckDomain(DomainCheckStore store, DomainRecords records, DnsRecordCheck dns, TimeProvider clock)
{
    /// <summary>Checks a domain because somebody asks for it.</summary>
    public async Task<CheckDomainOutcome> VerifyAsync(OrganizationId organization, DomainId domain, CancellationToken cancellationToken) =>
        await store.BeginAsync(organization, domain, cancellationToken) is not { } lease
            ? new CheckDomainOutcome.NotFound()
            : await RunAsync(lease, cancellationToken) == DomainCheckOutcome.Held
                ? new CheckDomainOutcome.HeldByAnother()
                : new CheckDomainOutcome.Checked();

    /// <summary>Checks a leased domain.</summary>
    public Task CheckAsync(DomainCheckLease lease, CancellationToken cancellationToken) => RunAsync(lease, cancellationToken);

    private async Task<DomainCheckOutcome> RunAsync(DomainCheckLease lease, CancellationToken cancellationToken)
    {
        var expected = records.Of(lease.Domain);
        var findings = await Task.WhenAll(expected.Select(record => dns.CheckAsync(record, lease.Domain.Name, cancellationToken)));
        return await store.RecordAsync(lease, DomainVerdicts.Of(lease.Domain, expected, findings, clock.GetUtcNow()), cancellationToken);
    }
}

/// <summary>What became of a request to verify.</summary>
public abstract record CheckDomainOutcome
{
    private CheckDomainOutcome()
    {
    }

    /// <summary>The records were looked at; the domain says what was found.</summary>
    public sealed record Checked : CheckDomainOutcome;

    /// <summary>The records are there, but the name has an owner, from whom it has to be claimed.</summary>
    public sealed record HeldByAnother : CheckDomainOutcome;

    /// <summary>There is no such domain, or it is disabled.</summary>
    public sealed record NotFound : CheckDomainOutcome;
}
