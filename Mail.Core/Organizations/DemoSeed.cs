using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Protocol.Dkim;
using Microsoft.Extensions.Options;

namespace Mail.Core.Organizations;

/// <summary>
/// Makes organization <c>demo</c> with the verified domain <c>demo.test</c>, a signing key and the configured API keys.
/// Whatever is there already stays; a key text that changed replaces the old one.
/// </summary>
public sealed class DemoSeed(
    OrganizationStore organizations, DomainStore domains, DkimKeyStore dkimKeys, ApiKeyStore apiKeys, IOptions<DemoOptions> options)
{
    public const string OrganizationName = "demo";
    public const string Domain = "demo.test";
    public const string Selector = "ms1";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var keys = new[] { ("Demo live", options.Value.ApiKey), ("Demo test", options.Value.TestApiKey) }
            .Where(key => key.Item2 is not null)
            .Select(key => (Name: key.Item1, Key: ApiKeyText.TryParse(key.Item2!)
                ?? throw new InvalidOperationException($"The configured key '{key.Item1}' is no API key (ms_live_… or ms_test_…).")))
            .ToList();
        if (keys.Count == 0)
            return;
        var created = await organizations.CreateAsync(OrganizationName, cancellationToken);
        // Billed, so that it can be looked at, and able to pay, so that a load test is not over after the free tier.
        if (created is { } fresh)
            await organizations.SetBillingAsync(fresh, enabled: true, hasPaymentMethod: true, cancellationToken);
        var organization = created
            ?? await organizations.FindByNameAsync(OrganizationName, cancellationToken)
            ?? throw new InvalidOperationException("The demo organization vanished while it was being seeded.");
        if (await domains.EnsureVerifiedAsync(organization, Domain, cancellationToken) is { } domain)
        {
            using var key = DkimKey.Generate(DkimKeyType.Rsa);
            await dkimKeys.CreateAsync(organization, domain, Selector, key, cancellationToken);
        }
        foreach (var (name, key) in keys)
            await apiKeys.ReplaceAsync(organization, name, key, [Scopes.FullAccess], cancellationToken);
    }
}
