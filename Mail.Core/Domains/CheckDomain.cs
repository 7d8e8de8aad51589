using Mail.Core.Domains.Records;
using Mail.Core.Organizations;
using Microsoft.Extensions.Options;

namespace Mail.Core.Domains;

/// <summary>Looks the records of a domain up and keeps what they say about it.</summary>
public sealed class CheckDomain(
    DomainCheckStore store, DomainRecords records, DnsRecordCheck dns, IOptions<DomainOptions> options, TimeProvider clock)
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
        using var timeout = new CancellationTokenSource(options.Value.CheckTimeout, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var findings = await Task.WhenAll(expected.Select(record => LookAsync(record, lease.Domain.Name, limit.Token, cancellationToken)));
        return await store.RecordAsync(lease, DomainVerdicts.Of(lease.Domain, expected, findings, clock.GetUtcNow()), cancellationToken);
    }

    private async Task<RecordFinding> LookAsync(ExpectedRecord record, string domain, CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            return await dns.CheckAsync(record, domain, limited);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new RecordFinding(RecordStatus.Pending, [], "The name servers took too long to answer. They will be asked again.", IsConclusive: false);
        }
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
