using System.Security.Cryptography;
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
    public void A_secret_prints_as_dots() => Assert.DoesNotContain("hunter2", $"{new Secret("hunter2")}");
}
