using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Organizations;

namespace Mail.Core.Inbound;

/// <summary>Looks the records of an inbound domain up and keeps what they say about it.</summary>
public sealed class CheckInboundDomain(InboundDomainCheckStore store, InboundDomainRecords records, DnsRecordCheck dns, TimeProvider clock)
{
    /// <summary>Checks a domain because somebody asks for it.</summary>
    public async Task<CheckDomainOutcome> VerifyAsync(OrganizationId organization, InboundDomainId domain, CancellationToken cancellationToken) =>
        await store.BeginAsync(organization, domain, cancellationToken) is not { } lease
            ? new CheckDomainOutcome.NotFound()
            : await RunAsync(lease, cancellationToken) == DomainCheckOutcome.Held
                ? new CheckDomainOutcome.HeldByAnother()
                : new CheckDomainOutcome.Checked();

    /// <summary>Checks a leased domain.</summary>
    public Task CheckAsync(InboundDomainCheckLease lease, CancellationToken cancellationToken) => RunAsync(lease, cancellationToken);

    private async Task<DomainCheckOutcome> RunAsync(InboundDomainCheckLease lease, CancellationToken cancellationToken)
    {
        var domain = lease.Domain;
        var checks = new List<(RecordCheck Check, bool IsConclusive)>();
        foreach (var record in records.Mx(domain.Name))
            checks.Add(Keep(record, await dns.CheckAsync(record, domain.Name, cancellationToken)));
        checks.Add(await CheckProofAsync(domain, cancellationToken));
        return await store.RecordAsync(lease, new InboundDomainFindings(
            [.. checks.Select(found => found.Check)], checks.TrueForAll(found => found.Check.Status == RecordStatus.Verified),
            checks.TrueForAll(found => found.IsConclusive)), cancellationToken);
    }

    // Shown is the record as it is asked for now, whichever key made the one that is published.
    private async Task<(RecordCheck, bool)> CheckProofAsync(InboundDomain domain, CancellationToken cancellationToken)
    {
        var proofs = records.ProofsOf(domain.Organization, domain.Name).ToList();
        RecordFinding? first = null;
        foreach (var proof in proofs)
        {
            var finding = await dns.CheckAsync(proof, domain.Name, cancellationToken);
            if (finding.Status == RecordStatus.Verified)
                return Keep(proofs[0], finding);
            first ??= finding;
        }
        return Keep(proofs[0], first!);
    }

    private (RecordCheck, bool) Keep(ExpectedRecord record, RecordFinding finding) => (
        new RecordCheck(record.Purpose, record.Name, record.Value, finding.Status, finding.Found, finding.Explanation, clock.GetUtcNow()),
        finding.IsConclusive);
}
