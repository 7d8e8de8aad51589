using System.Security.Cryptography;
using System.Text;

namespace Mail.Core.Secrets;

/// <summary>
/// Seals secrets for the database with AES-256-GCM. A sealed value is one version byte, a 12-byte nonce, a 16-byte
/// tag and the ciphertext; the context (which row it belongs to) is authenticated, so that a sealed value copied to
/// another row does not open.
/// </summary>
public sealed class SecretBox
{
    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + NonceLength + TagLength;
    private const int MasterKeyLength = 32;

    private readonly byte[] _masterKey;
    private readonly byte[] _sealingKey;

    public SecretBox(byte[] masterKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(masterKey.Length, MasterKeyLength);
        _masterKey = masterKey;
        _sealingKey = DeriveKey("seal");
    }

    /// <summary>True when the text is base64 of exactly 32 bytes.</summary>
    public static bool TryReadMasterKey(string text, out byte[] key)
    {
        key = new byte[MasterKeyLength];
        return Convert.TryFromBase64String(text, key, out var written) && written == MasterKeyLength;
    }

    /// <summary>A key for one purpose (HKDF-SHA256, RFC 5869), so that no two uses share a key.</summary>
    public byte[] DeriveKey(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _masterKey, MasterKeyLength, info: Encoding.UTF8.GetBytes("mail/" + purpose));

    public byte[] Seal(ReadOnlySpan<byte> secret, string context)
    {
        var sealedValue = new byte[HeaderLength + secret.Length];
        sealedValue[0] = Version;
        var nonce = sealedValue.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_sealingKey, TagLength);
        aes.Encrypt(nonce, secret, sealedValue.AsSpan(HeaderLength), sealedValue.AsSpan(1 + NonceLength, TagLength),
            Encoding.UTF8.GetBytes(context));
        return sealedValue;
    }

    /// <exception cref="CryptographicException">Sealed with another key, for another context, or damaged.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedValue, string context)
    {
        if (sealedValue.Length < HeaderLength || sealedValue[0] != Version)
            throw new CryptographicException("Not a sealed secret.");
        var secret = new byte[sealedValue.Length - HeaderLength];
        using var aes = new AesGcm(_sealingKey, TagLength);
        aes.Decrypt(sealedValue.Slice(1, NonceLength), sealedValue[HeaderLength..], sealedValue.Slice(1 + NonceLength, TagLength),
            secret, Encoding.UTF8.GetBytes(context));
        return secret;
    }
}
