using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Mail.Protocol.Dkim;

/// <summary>An EVP_PKEY of OpenSSL; safe to use from several threads.</summary>
internal sealed class EvpKey() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Ed25519.EVP_PKEY_free(handle);
        return true;
    }
}

/// <summary>Ed25519 (RFC 8032) by the OpenSSL 3 that .NET itself uses on Linux; .NET has no API of its own for it.</summary>
internal static unsafe partial class Ed25519
{
    public const int KeyBytes = 32, SignatureBytes = 64;

    private const string LibCrypto = "libcrypto.so.3";
    private const int EvpPkeyEd25519 = 1087;

    public static bool IsSupported { get; } = NativeLibrary.TryLoad(LibCrypto, out _);

    public static EvpKey PrivateKey(ReadOnlySpan<byte> seed)
    {
        RequireSupport();
        return Valid(EVP_PKEY_new_raw_private_key(EvpPkeyEd25519, 0, seed, (nuint)seed.Length));
    }

    public static byte[] PublicKeyOf(EvpKey key)
    {
        var octets = new byte[KeyBytes];
        var length = (nuint)octets.Length;
        Check(EVP_PKEY_get_raw_public_key(key, octets, ref length));
        return octets;
    }

    public static byte[] Sign(EvpKey key, ReadOnlySpan<byte> data)
    {
        var context = EVP_MD_CTX_new();
        try
        {
            var signature = new byte[SignatureBytes];
            var length = (nuint)signature.Length;
            Check(EVP_DigestSignInit(context, 0, 0, 0, key));
            Check(EVP_DigestSign(context, signature, ref length, data, (nuint)data.Length));
            return signature;
        }
        finally
        {
            EVP_MD_CTX_free(context);
        }
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        RequireSupport();
        using var key = Valid(EVP_PKEY_new_raw_public_key(EvpPkeyEd25519, 0, publicKey, (nuint)publicKey.Length));
        var context = EVP_MD_CTX_new();
        try
        {
            Check(EVP_DigestVerifyInit(context, 0, 0, 0, key));
            var verified = EVP_DigestVerify(context, signature, (nuint)signature.Length, data, (nuint)data.Length) == 1;
            ERR_clear_error();
            return verified;
        }
        finally
        {
            EVP_MD_CTX_free(context);
        }
    }

    private static void RequireSupport()
    {
        if (!IsSupported)
            throw new PlatformNotSupportedException($"Ed25519 needs OpenSSL 3 ({LibCrypto}).");
    }

    private static EvpKey Valid(EvpKey key)
    {
        Check(key.IsInvalid ? 0 : 1);
        return key;
    }

    private static void Check(int result)
    {
        if (result == 1)
            return;
        ERR_clear_error();
        throw new CryptographicException("OpenSSL refused an Ed25519 operation.");
    }

    [LibraryImport(LibCrypto)]
    private static partial EvpKey EVP_PKEY_new_raw_private_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(LibCrypto)]
    private static partial EvpKey EVP_PKEY_new_raw_public_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_PKEY_get_raw_public_key(EvpKey key, Span<byte> octets, ref nuint length);

    [LibraryImport(LibCrypto)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(LibCrypto)]
    private static partial nint EVP_MD_CTX_new();

    [LibraryImport(LibCrypto)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_DigestSignInit(nint context, nint keyContext, nint digest, nint engine, EvpKey key);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_DigestSign(nint context, Span<byte> signature, ref nuint length, ReadOnlySpan<byte> data, nuint dataLength);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_DigestVerifyInit(nint context, nint keyContext, nint digest, nint engine, EvpKey key);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_DigestVerify(
        nint context, ReadOnlySpan<byte> signature, nuint length, ReadOnlySpan<byte> data, nuint dataLength);

    [LibraryImport(LibCrypto)]
    private static partial void ERR_clear_error();
}
