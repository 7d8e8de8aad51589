using System.Security.Cryptography;
using System.Text;
using Mail.Core.Secrets;

namespace Mail.Core.Otp;

/// <summary>Makes codes and the hashes that stand for them. A code is known only to its maker and to the mail that carries it.</summary>
public sealed class OtpCode(SecretBox secrets)
{
    public const int MinLength = 4;
    public const int MaxLength = 10;
    private const string Purpose = "otp";
    private const string Digits = "0123456789";

    /// <summary>Digits of a cryptographic generator, each as likely as the others.</summary>
    public static string Generate(int length) => RandomNumberGenerator.GetString(Digits, length);

    /// <summary>HMAC-SHA256 over challenge and code: it tells nothing of the code, and is worth nothing for another challenge.</summary>
    public byte[] Hash(OtpChallengeId challenge, string code) => Hash(secrets.DeriveKey(Purpose), challenge, code);

    /// <summary>Whether the hash stands for the code. Takes the same time either way.</summary>
    public bool Matches(OtpChallengeId challenge, string code, byte[] hash)
    {
        var matches = false;
        // Every key of the ring: one that was replaced may still stand behind a challenge.
        foreach (var key in secrets.DeriveKeys(Purpose))
            matches |= CryptographicOperations.FixedTimeEquals(Hash(key, challenge, code), hash);
        return matches;
    }

    private static byte[] Hash(byte[] key, OtpChallengeId challenge, string code) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{challenge}:{code}"));
}
