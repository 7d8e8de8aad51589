using System.Globalization;
using System.Text;

namespace Mail.Protocol.Webhooks;

/// <summary>
/// Symmetric signatures of Standard Webhooks: HMAC-SHA256 over <c>id.timestamp.body</c> in the headers
/// <c>webhook-id</c>, <c>webhook-timestamp</c> and <c>webhook-signature</c>.
/// </summary>
public static class StandardWebhookSignature
{
    /// <summary>How far a timestamp may be off, either way, unless the caller says otherwise.</summary>
    public static readonly TimeSpan DefaultTolerance = TimeSpan.FromMinutes(5);

    private const string Version = "v1,";
    private const int MaxSignatures = 32;

    /// <summary>
    /// The value of <c>webhook-signature</c>: one <c>v1,base64</c> per secret, separated by spaces. During a rotation give the new and the old secret.
    /// </summary>
    public static string Sign(string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body, params ReadOnlySpan<WebhookSecret> secrets)
    {
        var content = Content(id, timestamp.ToUnixTimeSeconds(), body);
        var signatures = new List<string>(secrets.Length);
        foreach (var secret in secrets)
            signatures.Add(Version + Convert.ToBase64String(secret.Mac(content)));
        return string.Join(' ', signatures);
    }

    /// <summary>Checks a delivery by the values of its three headers. Comparisons take the same time whatever differs.</summary>
    public static WebhookVerification Verify(
        string id, string timestamp, string signatures, ReadOnlySpan<byte> body, WebhookSecret secret, DateTimeOffset now, TimeSpan? tolerance = null)
    {
        if (id.Length == 0 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return WebhookVerification.Malformed;

        var expected = secret.Mac(Content(id, seconds, body));
        var isGenuine = false;
        foreach (var signature in signatures.Split(' ', MaxSignatures + 1).Take(MaxSignatures))
            isGenuine |= signature.StartsWith(Version, StringComparison.Ordinal) && WebhookMac.FitsBase64(expected, signature.AsSpan(Version.Length));
        return isGenuine ? WebhookMac.Age(seconds, now, tolerance ?? DefaultTolerance) : WebhookVerification.WrongSignature;
    }

    private static byte[] Content(string id, long seconds, ReadOnlySpan<byte> body) =>
        [.. Encoding.UTF8.GetBytes($"{id}.{seconds.ToString(CultureInfo.InvariantCulture)}."), .. body];
}
