using Mail.Core.Organizations;

namespace Mail.Core.Domains;

/// <summary>
/// Gives a domain a second key. It signs once its record is seen; the first one then stays published for a while, for
/// mail that is on its way.
/// </summary>
public sealed class RotateDkim(DomainStore domains, DkimKeyStore store, DkimKeyMaker keys)
{
    /// <summary>Queues elsewhere hold a mail for days before its signature is looked at.</summary>
    public static readonly TimeSpan KeepPublished = TimeSpan.FromDays(7);

    public async Task<DomainChange> RunAsync(OrganizationId organization, DomainId id, CancellationToken cancellationToken)
    {
        if (await domains.FindAsync(organization, id, cancellationToken) is not { } domain)
            return new DomainChange.NotFound();
        if (domain.Status != DomainStatus.Verified)
            return new DomainChange.NotNow($"Keys are rotated while the domain is verified; it is {domain.Status.ToText()}.");
        if (domain.Keys.Any(key => key.IsPending))
            return new DomainChange.Done(domain);
        if (domain.Keys.FirstOrDefault(key => key.RetiresAt is not null) is { RetiresAt: { } retires } retiring)
            return new DomainChange.NotNow($"The key '{retiring.Selector}' of the rotation before is still in use until {retires:yyyy-MM-ddTHH:mm:ssZ}.");
        var selector = domain.Keys.Any(key => key.Selector == DkimSelectors.First) ? DkimSelectors.Second : DkimSelectors.First;
        using var key = await keys.MakeAsync(cancellationToken);
        await store.AddPendingAsync(organization, id, selector, key, cancellationToken);
        return await domains.FindAsync(organization, id, cancellationToken) is { } rotating ? new DomainChange.Done(rotating) : new DomainChange.NotFound();
    }
}
