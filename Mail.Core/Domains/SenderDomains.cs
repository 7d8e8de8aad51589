using Mail.Core.Organizations;
using Mail.Core.Persistence;

namespace Mail.Core.Domains;

/// <summary>Which domains an organization may send from, remembered for a moment.</summary>
public sealed class SenderDomains(DomainStore store, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private const int Capacity = 100_000;

    private readonly ExpiringCache<(OrganizationId Organization, string Name), DomainId?> _verified = new(clock, Lifetime, Capacity);

    /// <summary>Null when the domain is not the organization's, or not verified.</summary>
    public ValueTask<DomainId?> FindVerifiedAsync(OrganizationId organization, string name, CancellationToken cancellationToken) =>
        _verified.GetAsync((organization, name), (key, token) => store.FindVerifiedAsync(key.Organization, key.Name, token), cancellationToken);
}
