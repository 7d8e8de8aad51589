using System.Security.Cryptography;
using Mail.Core.Persistence;

namespace Mail.Core.ApiKeys;

/// <summary>Turns the text of a key into the caller it stands for.</summary>
public sealed class ApiKeyAuthenticator(ApiKeyStore store, TimeProvider clock)
{
    // A revoked key stops working everywhere within this time.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private const int Capacity = 100_000;
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly ExpiringCache<string, StoredApiKey?> _keys = new(clock, Lifetime, Capacity);

    /// <summary>Null for a malformed, unknown, expired or revoked key: callers cannot tell which.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(string text, CancellationToken cancellationToken)
    {
        if (ApiKeyText.TryParse(text) is not { } key)
            return null;
        var stored = await _keys.GetAsync(key.Prefix, store.FindByPrefixAsync, cancellationToken);
        // An unknown prefix costs the same hash and comparison as a wrong secret.
        var matches = CryptographicOperations.FixedTimeEquals(key.Hash(), stored?.Hash ?? NoHash);
        return matches && stored?.Caller.Mode == key.Mode ? stored.Caller : null;
    }
}
