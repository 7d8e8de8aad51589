using System.Security.Cryptography;
using System.Text;
using Mail.Core.Organizations;

namespace Mail.Core.ApiKeys;

/// <summary>
/// A key as its owner holds it: <c>ms_live_&lt;8-character prefix&gt;_&lt;secret&gt;</c>, or <c>ms_test_…</c>.
/// The prefix finds the row; only the SHA-256 of the whole text is stored.
/// </summary>
public sealed record ApiKeyText
{
    public const int PrefixLength = 8;
    private const int MaxLength = 200;
    // 33 characters of 62 carry 196 bits.
    private const int SecretLength = 33;
    private const int MinSecretLength = 32;
    private const string PrefixAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly string _text;

    private ApiKeyText(string text, SendingMode mode, string prefix)
    {
        _text = text;
        Mode = mode;
        Prefix = prefix;
    }

    public SendingMode Mode { get; }

    public string Prefix { get; }

    public static ApiKeyText Generate(SendingMode mode)
    {
        var prefix = RandomNumberGenerator.GetString(PrefixAlphabet, PrefixLength);
        var secret = RandomNumberGenerator.GetString(SecretAlphabet, SecretLength);
        return new ApiKeyText($"ms_{mode.ToText()}_{prefix}_{secret}", mode, prefix);
    }

    public static ApiKeyText? TryParse(string text)
    {
        if (text.Length > MaxLength || !text.StartsWith("ms_", StringComparison.Ordinal))
            return null;
        var parts = text.Split('_', 4);
        if (parts.Length != 4 || parts[2].Length != PrefixLength || parts[3].Length < MinSecretLength)
            return null;
        if (parts[2].AsSpan().ContainsAnyExcept(PrefixAlphabet))
            return null;
        return parts[1] switch
        {
            "live" => new ApiKeyText(text, SendingMode.Live, parts[2]),
            "test" => new ApiKeyText(text, SendingMode.Test, parts[2]),
            _ => null,
        };
    }

    public byte[] Hash() => SHA256.HashData(Encoding.UTF8.GetBytes(_text));

    /// <summary>The whole key: for showing it once, to the one who made it.</summary>
    public string Reveal() => _text;

    public override string ToString() => $"ms_{Mode.ToText()}_{Prefix}_••••";
}
