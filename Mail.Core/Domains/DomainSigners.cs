using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Tls;
using Mail.Protocol.Dkim;

namespace Mail.Core.Domains;

/// <summary>
/// What mail of sending domains leaves with: signers, return path and TLS. Remembered for a while: opening a private key costs
/// more than a signature.
/// </summary>
public sealed class DomainSigners(DkimKeyStore store, DomainStore domains, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private const int Capacity = 10_000;

    private readonly ExpiringCache<(OrganizationId Organization, string Domain), DomainSigning> _signers = new(clock, Lifetime, Capacity);

    /// <summary>One signer per active key of the domain; none when it has none or is disabled.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A key does not open.</exception>
    public ValueTask<DomainSigning> OfAsync(OrganizationId organization, string domain, CancellationToken cancellationToken) =>
        _signers.GetAsync((organization, domain), LoadAsync, cancellationToken);

    private async Task<DomainSigning> LoadAsync((OrganizationId Organization, string Domain) key, CancellationToken cancellationToken)
    {
        if (await domains.FindLeavingAsync(key.Organization, key.Domain, cancellationToken) is not (var returnPath, var tls))
            return DomainSigning.OfNothing;
        var keys = await store.ActiveAsync(key.Organization, key.Domain, cancellationToken);
        return new DomainSigning(true, [.. keys.Select(signing => new DkimSigner(signing.Key, signing.Domain, signing.Selector))], returnPath) { Tls = tls };
    }
}

/// <param name="IsThere">False when the organization does not have the domain (any more).</param>
/// <param name="ReturnPathHost">The domain's own return path, while its records are there; else null.</param>
public sealed record DomainSigning(bool IsThere, DkimSigner[] Signers, string? ReturnPathHost)
{
    public static readonly DomainSigning OfNothing = new(false, [], null);

    public TlsRequirement Tls { get; init; }
}
