using System.Security.Cryptography;

namespace Mail.Protocol.Dkim;

/// <summary>The kinds of signing keys (RFC 8301, RFC 8463).</summary>
public enum DkimKeyType
{
    /// <summary>rsa-sha256; understood everywhere.</summary>
    Rsa,

    /// <summary>ed25519-sha256; small and fast, but many receivers do not verify it yet. Sign with RSA as well.</summary>
    Ed25519,
}

/// <summary>
/// A private key that signs mail. Instances may be used by any number of threads at once. Ed25519 needs OpenSSL 3
/// (<c>libcrypto.so.3</c>) and throws <see cref="PlatformNotSupportedException"/> without it.
/// </summary>
public abstract class DkimKey : IDisposable
{
    /// <summary>RFC 8301 §3.2: signers use at least 1024 bits and should use 2048.</summary>
    public const int DefaultRsaBits = 2048;

    private const int MinRsaBits = 1024, MaxRsaBits = 4096;

    private protected DkimKey()
    {
    }

    /// <summary>RSA or Ed25519.</summary>
    public abstract DkimKeyType Type { get; }

    /// <summary>The value of the tag <c>a=</c>: <c>rsa-sha256</c> or <c>ed25519-sha256</c>.</summary>
    public string Algorithm => Type == DkimKeyType.Rsa ? "rsa-sha256" : "ed25519-sha256";

    /// <summary>The value of the TXT record to publish at <c>selector._domainkey.domain</c> (RFC 6376 §3.6.1).</summary>
    public string PublicKeyRecord =>
        $"v=DKIM1; k={(Type == DkimKeyType.Rsa ? "rsa" : "ed25519")}; p={Convert.ToBase64String(PublicKey())}";

    /// <summary>A new random key. <paramref name="rsaBits"/> (1024 to 4096) matters for RSA only.</summary>
    public static DkimKey Generate(DkimKeyType type, int rsaBits = DefaultRsaBits)
    {
        if (type == DkimKeyType.Ed25519)
            return new Ed25519DkimKey(RandomNumberGenerator.GetBytes(Ed25519.KeyBytes));

        CheckRsaBits(rsaBits);
        using var rsa = RSA.Create(rsaBits);
        return new RsaDkimKey(rsa.ExportPkcs8PrivateKey());
    }

    /// <summary>Reads an unencrypted PKCS#8 key (RFC 5208, RFC 8410) of either kind.</summary>
    /// <exception cref="CryptographicException">The octets are no such key, or an RSA key outside of 1024 to 4096 bits.</exception>
    public static DkimKey ImportPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        if (Ed25519DkimKey.SeedOf(pkcs8) is { } seed)
            return new Ed25519DkimKey(seed);

        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        CheckRsaBits(rsa.KeySize);
        return new RsaDkimKey(rsa.ExportPkcs8PrivateKey());
    }

    /// <summary>Reads PEM with the label <c>PRIVATE KEY</c> or <c>RSA PRIVATE KEY</c>.</summary>
    /// <exception cref="CryptographicException">The text holds no such key.</exception>
    public static DkimKey ImportPem(ReadOnlySpan<char> pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
            throw new CryptographicException("The text holds no PEM block.");
        var der = Convert.FromBase64String(pem[fields.Base64Data].ToString());
        if (pem[fields.Label] is "PRIVATE KEY")
            return ImportPkcs8(der);

        using var rsa = RSA.Create();
        rsa.ImportRSAPrivateKey(der, out _);
        CheckRsaBits(rsa.KeySize);
        return new RsaDkimKey(rsa.ExportPkcs8PrivateKey());
    }

    /// <summary>The key as unencrypted PKCS#8. Keep it secret.</summary>
    public abstract byte[] ExportPkcs8();

    /// <summary>Cuts a TXT value into the character-strings of at most 255 octets that DNS carries (RFC 1035 §3.3.14).</summary>
    public static IReadOnlyList<string> SplitTxt(string value) => [.. value.Chunk(255).Select(part => new string(part))];

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Signs a SHA-256 hash: RSASSA-PKCS1-v1_5 (RFC 6376 §3.3.2) or PureEdDSA over the hash (RFC 8463 §3).</summary>
    internal abstract byte[] SignHash(ReadOnlySpan<byte> hash);

    /// <summary>What goes into <c>p=</c>: SubjectPublicKeyInfo for RSA, the 32 octets for Ed25519 (RFC 8463 §4).</summary>
    private protected abstract byte[] PublicKey();

    private static void CheckRsaBits(int bits)
    {
        // RFC 8301 §3.2
        if (bits is < MinRsaBits or > MaxRsaBits)
            throw new CryptographicException($"RSA keys for DKIM have {MinRsaBits} to {MaxRsaBits} bits, not {bits}.");
    }
}
