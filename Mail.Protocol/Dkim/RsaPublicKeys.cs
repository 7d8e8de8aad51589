using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Mail.Protocol.Dkim;

/// <summary>
/// RSA objects of keys seen before: OpenSSL takes several times longer to read a key than to verify with it.
/// One object serves one thread at a time. The number of keys is bounded; a flood of new ones only costs the time saved.
/// </summary>
internal static class RsaPublicKeys
{
    private const int MaxKeys = 1000, MaxIdle = 8, MaxCachedBytes = 1200;

    private static readonly ConcurrentDictionary<string, ConcurrentBag<RSA>> s_idle = new();

    /// <summary>An object for the key, to be given back; null when the octets are no RSA key.</summary>
    public static RSA? Rent(byte[] octets)
    {
        if (s_idle.TryGetValue(NameOf(octets), out var bag) && bag.TryTake(out var idle))
            return idle;
        var rsa = RSA.Create();
        if (TryImport(rsa, octets))
            return rsa;
        rsa.Dispose();
        return null;
    }

    public static void Return(byte[] octets, RSA rsa)
    {
        if (s_idle.Count >= MaxKeys)
            s_idle.Clear();
        var bag = octets.Length > MaxCachedBytes ? null : s_idle.GetOrAdd(NameOf(octets), static _ => []);
        if (bag is null || bag.Count >= MaxIdle)
            rsa.Dispose();
        else
            bag.Add(rsa);
    }

    private static string NameOf(byte[] octets) => Convert.ToBase64String(octets);

    /// <summary>SubjectPublicKeyInfo is what everybody publishes; RSAPublicKey is what the text of the RFC says.</summary>
    private static bool TryImport(RSA rsa, byte[] octets)
    {
        try
        {
            rsa.ImportSubjectPublicKeyInfo(octets, out _);
            return true;
        }
        catch (CryptographicException)
        {
            return TryImportPkcs1(rsa, octets);
        }
    }

    private static bool TryImportPkcs1(RSA rsa, byte[] octets)
    {
        try
        {
            rsa.ImportRSAPublicKey(octets, out _);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
