using System.Security.Cryptography;

namespace Mail.Protocol.Webhooks;

/// <summary>A signing secret: <c>whsec_</c> and the base64 of the key. The decoded octets are the key; <c>ToString</c> hides them.</summary>
public sealed class WebhookSecret
{
    private const string Prefix = "whsec_";
    private const int DefaultBytes = 32, MinBytes = 16, MaxBytes = 128;

    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    /// <summary>A new secret of 32 random octets.</summary>
    public static WebhookSecret Generate() => new(RandomNumberGenerator.GetBytes(DefaultBytes));

    /// <summary>Reads a secret with or without the prefix; null unless it is base64 of 16 to 128 octets.</summary>
    public static WebhookSecret? Parse(string text)
    {
        var base64 = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var key = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, key, out var length) && length is >= MinBytes and <= MaxBytes
            ? new WebhookSecret(key[..length])
            : null;
    }

    /// <summary>The text to show to its owner, once.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    /// <inheritdoc/>
    public override string ToString() => "whsec_…";

    internal byte[] Mac(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_key, content);
}
