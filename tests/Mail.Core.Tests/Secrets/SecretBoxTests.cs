using System.Security.Cryptography;
using System.Text;
using Mail.Core.Secrets;

namespace Mail.Core.Tests.Secrets;

public sealed class SecretBoxTests
{
    private static readonly byte[] Secret = [1, 2, 3];
    private readonly SecretBox _box = new(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public void Opens_what_it_sealed() => Assert.Equal(Secret, _box.Open(_box.Seal(Secret, "here"), "here"));

    [Fact]
    public void Seals_the_same_secret_differently_each_time() => Assert.NotEqual(_box.Seal(Secret, "here"), _box.Seal(Secret, "here"));

    [Fact]
    public void Opens_nothing_that_was_sealed_for_another_row() =>
        Assert.ThrowsAny<CryptographicException>(() => _box.Open(_box.Seal(Secret, "here"), "there"));

    [Fact]
    public void Opens_nothing_of_another_key()
    {
        var other = new SecretBox(RandomNumberGenerator.GetBytes(32));
        Assert.ThrowsAny<CryptographicException>(() => other.Open(_box.Seal(Secret, "here"), "here"));
    }

    [Fact]
    public void Opens_nothing_that_was_altered()
    {
        var sealedValue = _box.Seal(Secret, "here");
        for (var i = 0; i < sealedValue.Length; i++)
        {
            var altered = sealedValue.ToArray();
            altered[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => _box.Open(altered, "here"));
        }
    }

    [Fact]
    public void A_ring_opens_what_each_of_its_keys_sealed_and_seals_with_the_first()
    {
        var (former, next) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        var ring = new SecretBox([next, former]);

        Assert.Equal(Secret, ring.Open(new SecretBox(former).Seal(Secret, "here"), "here"));
        Assert.Equal(Secret, new SecretBox(next).Open(ring.Seal(Secret, "here"), "here"));
        Assert.ThrowsAny<CryptographicException>(() => new SecretBox(former).Open(ring.Seal(Secret, "here"), "here"));
    }

    [Fact]
    public void Values_of_before_there_was_a_ring_open_with_the_key_that_sealed_them()
    {
        var (former, next) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        var old = SealWithoutId(former, Secret, "here");

        Assert.Equal(Secret, new SecretBox(former).Open(old, "here"));
        Assert.Equal(Secret, new SecretBox([next, former]).Open(old, "here"));
        Assert.ThrowsAny<CryptographicException>(() => new SecretBox([next, former]).Open(old, "there"));
        Assert.ThrowsAny<CryptographicException>(() => new SecretBox(next).Open(old, "here"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(32)]
    public void Opens_nothing_that_is_too_short(int length)
    {
        Assert.ThrowsAny<CryptographicException>(() => _box.Open(_box.Seal(Secret, "here").AsSpan(0, length), "here"));
        Assert.ThrowsAny<CryptographicException>(() => _box.Open([1, .. new byte[Math.Max(0, length - 5)]], "here"));
    }

    [Fact]
    public void The_options_name_every_key_that_is_wrong()
    {
        var good = Convert.ToBase64String(new byte[32]);

        var result = new SecretOptionsValidator().Validate(null, new SecretOptions { MasterKey = "short", OtherKeys = [good, "no", good] });

        Assert.Equal(
            ["Mail:Secrets:MasterKey must be base64 of 32 bytes.", "Mail:Secrets:OtherKeys:1 must be base64 of 32 bytes.",
                "Mail:Secrets names the same key twice."],
            result.Failures);
        Assert.True(new SecretOptionsValidator().Validate(null, new SecretOptions { MasterKey = good }).Succeeded);
    }

    [Fact]
    public void A_secret_prints_as_dots() => Assert.DoesNotContain("hunter2", $"{new Secret("hunter2")}");

    // What the first version of the format wrote: version, nonce, tag, ciphertext.
    private static byte[] SealWithoutId(byte[] masterKey, byte[] secret, string context)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, 32, info: "mail/seal"u8.ToArray());
        var sealedValue = new byte[29 + secret.Length];
        sealedValue[0] = 1;
        RandomNumberGenerator.Fill(sealedValue.AsSpan(1, 12));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(sealedValue.AsSpan(1, 12), secret, sealedValue.AsSpan(29), sealedValue.AsSpan(13, 16), Encoding.UTF8.GetBytes(context));
        return sealedValue;
    }
}
