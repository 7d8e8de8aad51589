using System.Security.Cryptography;
using Mail.Protocol.Dkim;

namespace Mail.Protocol.Tests.Dkim;

public class DkimKeyTests
{
    [Theory]
    [InlineData(DkimKeyType.Rsa)]
    [InlineData(DkimKeyType.Ed25519)]
    public void Exported_key_imports_as_the_same_key(DkimKeyType type)
    {
        using var key = DkimKey.Generate(type);
        using var again = DkimKey.ImportPkcs8(key.ExportPkcs8());

        Assert.Equal(type, again.Type);
        Assert.Equal(key.PublicKeyRecord, again.PublicKeyRecord);
    }

    [Fact]
    public void Ed25519_record_is_that_of_rfc_8463()
    {
        // RFC 8463 §A.2
        var seed = Convert.FromBase64String("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
        using var key = DkimKey.ImportPkcs8([.. Convert.FromHexString("302e020100300506032b657004220420"), .. seed]);

        Assert.Equal("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", key.PublicKeyRecord);
    }

    [Fact]
    public void Record_of_an_rsa_key_splits_into_strings_that_fit_dns()
    {
        using var key = DkimKey.Generate(DkimKeyType.Rsa);

        var strings = DkimKey.SplitTxt(key.PublicKeyRecord);

        Assert.Equal(2, strings.Count);
        Assert.All(strings, s => Assert.InRange(s.Length, 1, 255));
        Assert.Equal(key.PublicKeyRecord, string.Concat(strings));
    }

    [Theory]
    [InlineData("PRIVATE KEY")]
    [InlineData("RSA PRIVATE KEY")]
    public void Pem_of_either_label_imports(string label)
    {
        using var rsa = RSA.Create(2048);
        var pem = label == "PRIVATE KEY" ? rsa.ExportPkcs8PrivateKeyPem() : rsa.ExportRSAPrivateKeyPem();

        using var key = DkimKey.ImportPem(pem);

        Assert.Contains(Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()), key.PublicKeyRecord);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(8192)]
    public void Keys_of_other_sizes_are_refused(int bits) =>
        Assert.Throws<CryptographicException>(() => DkimKey.Generate(DkimKeyType.Rsa, bits));

    [Fact]
    public void Garbage_is_no_key()
    {
        Assert.ThrowsAny<CryptographicException>(() => DkimKey.ImportPkcs8([1, 2, 3]));
        Assert.ThrowsAny<CryptographicException>(() => DkimKey.ImportPem("no key here"));
    }

    [Theory]
    [InlineData(DkimKeyType.Rsa)]
    [InlineData(DkimKeyType.Ed25519)]
    public void Key_signs_alike_on_many_threads(DkimKeyType type)
    {
        using var key = DkimKey.Generate(type);
        var hash = SHA256.HashData("x"u8);
        var expected = key.SignHash(hash);

        Parallel.For(0, 64, _ => Assert.Equal(expected, key.SignHash(hash)));
    }
}
