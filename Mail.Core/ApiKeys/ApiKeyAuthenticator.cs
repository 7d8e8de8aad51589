using System.Security.Cryptography;
using Mail.Core.Persistence;

namespace Mail.Core.ApiKeys;

/// <summary>Turns the text of a key into the caller it stands for.</summary>
public sealed class ApiKeyAuthenticator(ApiKeyStore store, ApiKeyUsage usage, TimeProvider clock)
{
    // A revoked key stops working everywhere within this time, also where nobody is told of it: what was read before the
    // revocation is forgotten this long after the reading began.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private const int Capacity = 100_000;
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly ExpiringCache<string, StoredApiKey?> _keys = new(clock, Lifetime, Capacity);

    /// <summary>Null for a key that cannot be used, whatever the reason.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(string text, CancellationToken cancellationToken) =>
        await IdentifyAsync(text, cancellationToken) is KeyCheck.Valid valid ? valid.Caller : null;

    public async ValueTask<KeyCheck> IdentifyAsync(string text, CancellationToken cancellationToken)
    {
        if (ApiKeyText.TryParse(text) is not { } key)
            return KeyCheck.Invalid.Instance;
        var stored = await _keys.GetAsync(key.Prefix, store.FindByPrefixAsync, cancellationToken);
        // An unknown prefix costs the same hash and comparison as a wrong secret.
        var matches = CryptographicOperations.FixedTimeEquals(key.Hash(), stored?.Hash ?? NoHash);
        if (!matches || stored!.Valid.Caller.Mode != key.Mode)
            return KeyCheck.Invalid.Instance;
        if (stored.IsSuspended)
            return new KeyCheck.Suspended(stored.Valid.Caller);
        usage.Record(stored.Valid.Caller);
        return stored.Valid;
    }

    /// <summary>Looks again at the next use of the keys with this prefix.</summary>
    internal void Forget(string prefix) => _keys.Remove(prefix);

    /// <summary>Looks again at the next use of any key.</summary>
    internal void ForgetAll() => _keys.Clear();
}
