using System.Security.Cryptography;
using System.Text;

namespace Mail.Core.Secrets;

/// <summary>
/// Seals secrets for the database with AES-256-GCM and the newest key of a ring; opens those of every key. A sealed value
/// is a version byte, the 4-byte id of the key, a 12-byte nonce, a 16-byte tag and the ciphertext. The context (which row
/// it belongs to) is authenticated, so that a sealed value copied to another row does not open.
/// </summary>
public sealed class SecretBox
{
    // Values of before there was a ring have no key id.
    private const byte VersionWithoutId = 1;
    private const byte Version = 2;
    private const int HeaderLength = 1 + MasterKey.IdLength;

    private readonly MasterKey[] _keys;

    public SecretBox(byte[] masterKey) : this([masterKey])
    {
    }

    /// <param name="masterKeys">The first one seals, all of them open.</param>
    public SecretBox(IReadOnlyList<byte[]> masterKeys)
    {
        ArgumentOutOfRangeException.ThrowIfZero(masterKeys.Count);
        _keys = [.. masterKeys.Select(key => new MasterKey(key))];
        SealedHeader = [Version, .. _keys[0].Id];
    }

    /// <summary>What a value begins with that was sealed with the newest key.</summary>
    internal byte[] SealedHeader { get; }

    public static SecretBox Of(SecretOptions options) => new([.. options.OtherKeys.Prepend(options.MasterKey)
        .Select(text => TryReadMasterKey(text, out var key) ? key : throw new FormatException("A master key is base64 of 32 bytes."))]);

    /// <summary>True when the text is base64 of exactly 32 bytes.</summary>
    public static bool TryReadMasterKey(string text, out byte[] key)
    {
        key = new byte[MasterKey.Length];
        return Convert.TryFromBase64String(text, key, out var written) && written == MasterKey.Length;
    }

    /// <summary>A key for one purpose (HKDF-SHA256, RFC 5869), so that no two uses share a key; of the newest master key.</summary>
    public byte[] DeriveKey(string purpose) => _keys[0].Derive(purpose);

    /// <summary>The same of every master key, the newest first: what was signed before a rotation can still be verified.</summary>
    public IReadOnlyList<byte[]> DeriveKeys(string purpose) => Array.ConvertAll(_keys, key => key.Derive(purpose));

    public byte[] Seal(ReadOnlySpan<byte> secret, string context)
    {
        var sealedValue = new byte[HeaderLength + MasterKey.NonceLength + MasterKey.TagLength + secret.Length];
        SealedHeader.CopyTo(sealedValue, 0);
        var body = new SealedBody(sealedValue, HeaderLength);
        RandomNumberGenerator.Fill(body.Nonce);
        _keys[0].Encrypt(body.Nonce, secret, body.Ciphertext, body.Tag, Encoding.UTF8.GetBytes(context));
        return sealedValue;
    }

    /// <exception cref="CryptographicException">Sealed with a key that is not in the ring, for another context, or damaged.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedValue, string context)
    {
        var value = sealedValue.ToArray();
        switch (value)
        {
            case [Version, ..] when value.Length >= HeaderLength + MasterKey.NonceLength + MasterKey.TagLength:
                var key = Array.Find(_keys, key => value.AsSpan(1, MasterKey.IdLength).SequenceEqual(key.Id))
                    ?? throw new CryptographicException("Sealed with a master key that is not in the ring.");
                return Open(key, value, HeaderLength, context);
            case [VersionWithoutId, ..] when value.Length >= 1 + MasterKey.NonceLength + MasterKey.TagLength:
                return OpenWithAny(value, context);
            default:
                throw new CryptographicException("Not a sealed secret.");
        }
    }

    private byte[] OpenWithAny(byte[] value, string context)
    {
        foreach (var key in _keys.AsSpan(0, _keys.Length - 1))
        {
            try
            {
                return Open(key, value, 1, context);
            }
            catch (AuthenticationTagMismatchException)
            {
                // The next key may be the one.
            }
        }
        return Open(_keys[^1], value, 1, context);
    }

    private static byte[] Open(MasterKey key, byte[] value, int header, string context)
    {
        var body = new SealedBody(value, header);
        var secret = new byte[body.Ciphertext.Length];
        key.Decrypt(body.Nonce, body.Ciphertext, body.Tag, secret, Encoding.UTF8.GetBytes(context));
        return secret;
    }

    private readonly ref struct SealedBody(byte[] value, int header)
    {
        public Span<byte> Nonce { get; } = value.AsSpan(header, MasterKey.NonceLength);

        public Span<byte> Tag { get; } = value.AsSpan(header + MasterKey.NonceLength, MasterKey.TagLength);

        public Span<byte> Ciphertext { get; } = value.AsSpan(header + MasterKey.NonceLength + MasterKey.TagLength);
    }
}
