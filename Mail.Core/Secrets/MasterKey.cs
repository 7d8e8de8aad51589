using System.Security.Cryptography;
using System.Text;

namespace Mail.Core.Secrets;

/// <summary>One key of the ring, and what is derived from it.</summary>
internal sealed class MasterKey
{
    public const int Length = 32;
    public const int IdLength = 4;
    public const int TagLength = 16;
    public const int NonceLength = 12;

    private readonly byte[] _key;
    private readonly byte[] _sealingKey;

    public MasterKey(byte[] key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Length);
        _key = key;
        _sealingKey = Derive("seal");
        Id = Derive("id")[..IdLength];
    }

    /// <summary>Names the key in what it sealed; nothing about the key follows from it.</summary>
    public byte[] Id { get; }

    public byte[] Derive(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Length, info: Encoding.UTF8.GetBytes("mail/" + purpose));

    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> secret, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> context)
    {
        using var aes = new AesGcm(_sealingKey, TagLength);
        aes.Encrypt(nonce, secret, ciphertext, tag, context);
    }

    /// <exception cref="CryptographicException">Sealed with another key, for another context, or damaged.</exception>
    public void Decrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> secret, ReadOnlySpan<byte> context)
    {
        using var aes = new AesGcm(_sealingKey, TagLength);
        aes.Decrypt(nonce, ciphertext, tag, secret, context);
    }
}
