using Mail.Core.Organizations;

namespace Mail.Core.Domains;

/// <summary>Forgets a domain and its keys. What is published in DNS stays as it is.</summary>
public sealed class DeleteDomain(DomainStore domains, DomainChangeStore changes)
{
    public async Task<DomainChange> RunAsync(OrganizationId organization, DomainId id, CancellationToken cancellationToken) =>
        await domains.FindAsync(organization, id, cancellationToken) is not { } domain ? new DomainChange.NotFound()
        : await changes.DeleteAsync(domain, cancellationToken) == StoredChange.Done ? new DomainChange.Done(domain)
        : new DomainChange.Blocked();
}
