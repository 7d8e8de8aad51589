using System.Globalization;
using System.Text;

namespace Mail.Protocol.Webhooks;

/// <summary>
/// Signatures in one header of the form <c>t=unix,v1=hex</c>: HMAC-SHA256 over <c>t.body</c>.
/// Used for <c>X-StackShift-Signature</c> and <c>X-MailStack-Signature</c>.
/// </summary>
public static class TimestampedSignature
{
    /// <summary>How old a timestamp may be, or how far in the future, unless the caller says otherwise.</summary>
    public static readonly TimeSpan DefaultTolerance = TimeSpan.FromMinutes(5);

    private const int MaxParts = 32;

    /// <summary>The value of the header: <c>t=</c> and one <c>v1=</c> per secret. During a rotation give the new and the old secret.</summary>
    public static string Sign(DateTimeOffset timestamp, ReadOnlySpan<byte> body, params ReadOnlySpan<WebhookSecret> secrets)
    {
        var seconds = timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var content = Content(seconds, body);
        var value = new StringBuilder("t=").Append(seconds);
        foreach (var secret in secrets)
            value.Append(",v1=").Append(Convert.ToHexStringLower(secret.Mac(content)));
        return value.ToString();
    }

    /// <summary>Checks the value of the header. Comparisons take the same time whatever differs.</summary>
    public static WebhookVerification Verify(
        string value, ReadOnlySpan<byte> body, WebhookSecret secret, DateTimeOffset now, TimeSpan? tolerance = null)
    {
        var parts = value.Split(',', MaxParts + 1, StringSplitOptions.TrimEntries).Take(MaxParts).ToArray();
        var timestamps = parts.Where(part => part.StartsWith("t=", StringComparison.Ordinal)).ToArray();
        if (timestamps.Length != 1 || !long.TryParse(timestamps[0].AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return WebhookVerification.Malformed;

        var expected = secret.Mac(Content(timestamps[0][2..], body));
        var isGenuine = false;
        foreach (var part in parts)
            isGenuine |= part.StartsWith("v1=", StringComparison.Ordinal) && WebhookMac.FitsHex(expected, part.AsSpan(3));
        return isGenuine ? WebhookMac.Age(seconds, now, tolerance ?? DefaultTolerance) : WebhookVerification.WrongSignature;
    }

    private static byte[] Content(string seconds, ReadOnlySpan<byte> body) => [.. Encoding.ASCII.GetBytes(seconds + "."), .. body];
}
