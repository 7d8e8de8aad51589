using System.Security.Cryptography;

namespace Mail.Protocol.Webhooks;

/// <summary>The comparisons that both kinds of signatures share.</summary>
internal static class WebhookMac
{
    public static bool FitsBase64(ReadOnlySpan<byte> expected, ReadOnlySpan<char> base64)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes + 4];
        return Convert.TryFromBase64Chars(base64, given, out var length)
            && CryptographicOperations.FixedTimeEquals(expected, given[..length]);
    }

    public static bool FitsHex(ReadOnlySpan<byte> expected, ReadOnlySpan<char> hex)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return hex.Length == 2 * given.Length
            && Convert.FromHexString(hex, given, out _, out _) == System.Buffers.OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(expected, given);
    }

    /// <summary>Of a genuine signature: whether it is of now.</summary>
    public static WebhookVerification Age(long seconds, DateTimeOffset now, TimeSpan tolerance)
    {
        var age = now.ToUnixTimeSeconds() - (decimal)seconds;
        var most = (decimal)tolerance.TotalSeconds;
        return age > most ? WebhookVerification.TooOld : age < -most ? WebhookVerification.TooNew : WebhookVerification.Valid;
    }
}
