using System.Security.Cryptography;

namespace Mail.Protocol.Dkim;

internal sealed class Ed25519DkimKey : DkimKey
{
    // RFC 8410 §7: OneAsymmetricKey, version 1 without and version 2 with the public key behind the seed.
    private static readonly byte[] Pkcs8V1 = Convert.FromHexString("302e020100300506032b657004220420");
    private static readonly byte[] Pkcs8V2 = Convert.FromHexString("3051020101300506032b657004220420");

    private readonly byte[] _seed;
    private readonly EvpKey _key;

    public Ed25519DkimKey(byte[] seed)
    {
        _seed = seed;
        _key = Ed25519.PrivateKey(seed);
    }

    public override DkimKeyType Type => DkimKeyType.Ed25519;

    public static byte[]? SeedOf(ReadOnlySpan<byte> pkcs8) =>
        pkcs8.Length >= Pkcs8V1.Length + Ed25519.KeyBytes && (pkcs8.StartsWith(Pkcs8V1) || pkcs8.StartsWith(Pkcs8V2))
            ? pkcs8.Slice(Pkcs8V1.Length, Ed25519.KeyBytes).ToArray()
            : null;

    public override byte[] ExportPkcs8() => [.. Pkcs8V1, .. _seed];

    public override void Dispose()
    {
        _key.Dispose();
        CryptographicOperations.ZeroMemory(_seed);
    }

    internal override byte[] SignHash(ReadOnlySpan<byte> hash) => Ed25519.Sign(_key, hash);

    private protected override byte[] PublicKey() => Ed25519.PublicKeyOf(_key);
}
