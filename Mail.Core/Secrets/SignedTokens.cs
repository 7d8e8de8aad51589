using System.Buffers.Text;
using System.Security.Cryptography;

namespace Mail.Core.Secrets;

/// <summary>Puts bytes into addresses so that only we can have written them: the bytes, then an HMAC, as base64url.</summary>
/// <param name="keys">The first one signs; tokens of all of them are read.</param>
public sealed class SignedTokens(IReadOnlyList<byte[]> keys)
{
    // 128 of the 256 bits: nobody can try offline, and addresses stay short.
    private const int MacLength = 16;

    public string Write(ReadOnlySpan<byte> payload)
    {
        var token = new byte[payload.Length + MacLength];
        payload.CopyTo(token);
        Sign(keys[0], payload, token.AsSpan(payload.Length));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>What was written; null when it was not us, or not like this.</summary>
    public byte[]? Read(ReadOnlySpan<char> token)
    {
        if (!Base64Url.IsValid(token, out var length) || length < MacLength)
            return null;
        var bytes = new byte[length];
        // White space is valid in base64url, and never in a token of ours.
        if (!Base64Url.TryDecodeFromChars(token, bytes, out var written) || written != length || Base64Url.GetEncodedLength(length) != token.Length)
            return null;
        Span<byte> mac = stackalloc byte[MacLength];
        var payload = bytes.AsSpan(..^MacLength);
        foreach (var key in keys)
        {
            Sign(key, payload, mac);
            if (CryptographicOperations.FixedTimeEquals(mac, bytes.AsSpan(payload.Length)))
                return payload.ToArray();
        }
        return null;
    }

    private static void Sign(byte[] key, ReadOnlySpan<byte> payload, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, payload, full);
        full[..MacLength].CopyTo(mac);
    }
}
