using Mail.Core.Domains.Records;
using Mail.Core.Organizations;

namespace Mail.Core.Domains;

/// <summary>Moves a name from the organization that owns it to one that has the domain too and proves that it controls it.</summary>
public sealed class ClaimDomain(DomainStore domains, DomainChangeStore changes, DomainProof proof)
{
    public async Task<DomainChange> RunAsync(OrganizationId organization, DomainId id, CancellationToken cancellationToken)
    {
        if (await domains.FindAsync(organization, id, cancellationToken) is not { } domain)
            return new DomainChange.NotFound();
        RecordFinding? finding = null;
        if (await domains.FindOwnerAsync(domain.Name, cancellationToken) is { IsBlocked: false } owner && owner.Domain != domain.Id)
            finding = await proof.CheckAsync(organization, domain.Name, cancellationToken);
        return await changes.ClaimAsync(domain, finding?.Status == RecordStatus.Verified, cancellationToken) switch
        {
            StoredChange.Done => await domains.FindAsync(organization, id, cancellationToken) is { } claimed
                ? new DomainChange.Done(claimed) : new DomainChange.NotFound(),
            StoredChange.Blocked => new DomainChange.Blocked(),
            StoredChange.Held => new DomainChange.HeldByAnother(proof.RecordFor(organization, domain.Name), finding),
            var other => throw new InvalidOperationException($"No outcome: {other}."),
        };
    }
}
