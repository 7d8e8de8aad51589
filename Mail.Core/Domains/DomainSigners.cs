using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Protocol.Dkim;

namespace Mail.Core.Domains;

/// <summary>The DKIM signers of sending domains, remembered for a while: opening a private key costs more than a signature.</summary>
public sealed class DomainSigners(DkimKeyStore store, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private const int Capacity = 10_000;

    private readonly ExpiringCache<(OrganizationId Organization, string Domain), DkimSigner[]> _signers = new(clock, Lifetime, Capacity);

    /// <summary>One signer per active key of the domain; empty when it has none.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A key does not open.</exception>
    public ValueTask<DkimSigner[]> OfAsync(OrganizationId organization, string domain, CancellationToken cancellationToken) =>
        _signers.GetAsync((organization, domain), LoadAsync, cancellationToken);

    private async Task<DkimSigner[]> LoadAsync((OrganizationId Organization, string Domain) key, CancellationToken cancellationToken)
    {
        var keys = await store.ActiveAsync(key.Organization, key.Domain, cancellationToken);
        return [.. keys.Select(signing => new DkimSigner(signing.Key, signing.Domain, signing.Selector))];
    }
}
