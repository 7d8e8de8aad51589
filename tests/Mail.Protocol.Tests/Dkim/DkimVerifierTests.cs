using System.Security.Cryptography;
using System.Text;
using Mail.Protocol.Dkim;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dkim;

/// <summary>The rules of RFC 6376 §6.1 about signatures and keys, on a signature that holds but for one thing.</summary>
public sealed class DkimVerifierTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly byte[] s_message = "From: a@example.com\r\nSubject: x\r\n\r\nbody\r\n"u8.ToArray();

    private readonly DkimKey _key = DkimKey.Generate(DkimKeyType.Ed25519);
    private string PublicKey => _key.PublicKeyRecord.Split("p=")[1];

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Unsigned_message_has_no_results() =>
        Assert.Empty(await Verify(s_message));

    [Theory]
    [InlineData("v=1", "v=2", DkimStatus.Permerror, "unsupported version")]
    [InlineData("v=1; ", "", DkimStatus.Permerror, "unsupported version")]
    [InlineData("a=ed25519-sha256", "a=rsa-sha1", DkimStatus.Policy, "rsa-sha1 is not accepted")]
    [InlineData("a=ed25519-sha256", "a=ed448-sha512", DkimStatus.Neutral, "unknown algorithm")]
    [InlineData("a=ed25519-sha256; ", "", DkimStatus.Permerror, "missing a=")]
    [InlineData("c=relaxed/relaxed", "c=nofws", DkimStatus.Neutral, "unknown canonicalization")]
    [InlineData("d=example.com", "d=", DkimStatus.Permerror, "missing or malformed d= or s=")]
    [InlineData("d=example.com", "d=exa mple..com", DkimStatus.Permerror, "missing or malformed d= or s=")]
    [InlineData("s=ms1;", "", DkimStatus.Permerror, "missing or malformed d= or s=")]
    [InlineData("s=ms1;", "s=ms1; s=ms1;", DkimStatus.Permerror, "malformed tag list")]
    [InlineData("s=ms1;", "s=ms1;;", DkimStatus.Permerror, "malformed tag list")]
    [InlineData("s=ms1;", "s=ms1; 1x=y;", DkimStatus.Permerror, "malformed tag list")]
    [InlineData("s=ms1;", "s=ms1; q=dns/other;", DkimStatus.Neutral, "unknown query method")]
    [InlineData("s=ms1;", "s=ms1; i=@example.org;", DkimStatus.Permerror, "i= is outside of d=")]
    [InlineData("s=ms1;", "s=ms1; i=@badexample.com;", DkimStatus.Permerror, "i= is outside of d=")]
    [InlineData("s=ms1;", "s=ms1; x=1;", DkimStatus.Permerror, "x= is not after t=")]
    [InlineData("s=ms1;", "s=ms1; l=99;", DkimStatus.Fail, "body is shorter than l=")]
    [InlineData("s=ms1;", "s=ms1; l=-1;", DkimStatus.Permerror, "malformed l=")]
    [InlineData("s=ms1;", "s=ms1; x=tomorrow;", DkimStatus.Permerror, "malformed x=")]
    [InlineData("h=From:From:", "h=", DkimStatus.Permerror, "From is not signed")]
    [InlineData("h=From:", "h=From::", DkimStatus.Permerror, "missing or malformed h=")]
    [InlineData("\tbh=", "\tbh=!", DkimStatus.Permerror, "missing or malformed b= or bh=")]
    [InlineData("s=ms1;", "s=ms1; n=unknown tags do not matter but are signed;", DkimStatus.Fail, "signature did not verify")]
    public async Task Signature_that_breaks_a_rule_is_refused(string original, string changed, DkimStatus status, string reason)
    {
        var signed = Encoding.ASCII.GetString(Signed());
        Assert.Contains(original, signed);

        var result = Assert.Single(await Verify(Encoding.ASCII.GetBytes(signed.Replace(original, changed))));

        Assert.Equal((status, reason), (result.Status, result.Reason));
    }

    [Theory]
    [InlineData("v=DKIM1; k=ed25519; p={0}", DkimStatus.Pass)]
    [InlineData("k=ed25519; p={0}", DkimStatus.Pass)]
    [InlineData("v=DKIM1; k=ed25519; h=sha1:sha256; s=other:email; t=s; n=note; p={0};", DkimStatus.Pass)]
    [InlineData("v=DKIM1 ;k = ed25519; p = {0} ", DkimStatus.Pass)]
    [InlineData("v=DKIM1; k=ed25519; future=x; p={0}", DkimStatus.Pass)]
    [InlineData("v=DKIM2; k=ed25519; p={0}", DkimStatus.Permerror)]
    [InlineData("k=ed25519; v=DKIM1; p={0}", DkimStatus.Permerror)]
    [InlineData("v=DKIM1; p={0}", DkimStatus.Permerror)]
    [InlineData("v=DKIM1; k=ed25519; h=sha1; p={0}", DkimStatus.Permerror)]
    [InlineData("v=DKIM1; k=ed25519; s=tlsrpt; p={0}", DkimStatus.Permerror)]
    [InlineData("v=DKIM1; k=ed25519; p={0}; p={0}", DkimStatus.Permerror)]
    [InlineData("v=DKIM1; k=ed25519; p=", DkimStatus.Permerror)]
    [InlineData("v=DKIM1; k=ed25519", DkimStatus.Permerror)]
    [InlineData("v=DKIM1; k=ed25519; p=AAAA", DkimStatus.Permerror)]
    [InlineData("v=DKIM1; k=ed25519; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", DkimStatus.Fail)]
    [InlineData("nothing of the kind", DkimStatus.Permerror)]
    public async Task Key_record_is_read_strictly(string record, DkimStatus status) =>
        Assert.Equal(status, Assert.Single(await Verify(Signed(), string.Format(record, PublicKey))).Status);

    [Fact]
    public async Task Testing_flag_is_told()
    {
        Assert.True(Assert.Single(await Verify(Signed(), $"k=ed25519; t=y:s; p={PublicKey}")).IsTesting);
        Assert.False(Assert.Single(await Verify(Signed())).IsTesting);
    }

    [Fact]
    public async Task Strict_key_wants_the_identity_in_the_same_domain()
    {
        var options = new DkimSignerOptions { Identity = "@mail.example.com" };

        var result = Assert.Single(await Verify(Signed(options), $"k=ed25519; t=s; p={PublicKey}"));

        Assert.Equal((DkimStatus.Permerror, "i= is not d=, as the key asks"), (result.Status, result.Reason));
    }

    [Theory]
    [InlineData("SERVFAIL", DkimStatus.Temperror)]
    [InlineData("TIMEOUT", DkimStatus.Temperror)]
    [InlineData("A 192.0.2.1", DkimStatus.Permerror)]
    public async Task Key_that_cannot_be_fetched_is_told_from_one_that_does_not_exist(string answer, DkimStatus status)
    {
        var resolver = FakeDnsResolver.FromText($"ms1._domainkey.example.com {answer}");

        var results = await new DkimVerifier(resolver, new FixedTime(s_now)).VerifyAsync(Signed(), CancellationToken.None);

        Assert.Equal(status, Assert.Single(results).Status);
    }

    [Theory]
    [InlineData(512, DkimStatus.Policy)]
    [InlineData(1024, DkimStatus.Pass)]
    [InlineData(4096, DkimStatus.Pass)]
    public async Task Short_rsa_keys_are_refused(int bits, DkimStatus status)
    {
        using var rsa = RSA.Create(bits);
        using var signer = new AnyRsaKey(rsa);
        byte[] signed = [.. new DkimSigner(signer, "example.com", "ms1").Sign(s_message, s_now), .. s_message];

        // RFC 8301 §3.2
        Assert.Equal(status, Assert.Single(await Verify(signed, signer.PublicKeyRecord)).Status);
    }

    [Fact]
    public async Task Rsa_key_without_the_outer_structure_is_read_too()
    {
        using var rsa = RSA.Create(2048);
        using var signer = new AnyRsaKey(rsa);
        byte[] signed = [.. new DkimSigner(signer, "example.com", "ms1").Sign(s_message, s_now), .. s_message];

        Assert.Equal(DkimStatus.Pass, Assert.Single(await Verify(signed, $"p={Convert.ToBase64String(rsa.ExportRSAPublicKey())}")).Status);
    }

    [Fact]
    public async Task Messages_of_many_keys_verify_on_many_threads()
    {
        var signed = new List<(byte[] Message, string Record)>();
        for (var i = 0; i < 3; i++)
        {
            using var key = DkimKey.Generate(DkimKeyType.Rsa, 1024);
            signed.Add(([.. new DkimSigner(key, "example.com", "ms1").Sign(s_message, s_now), .. s_message], key.PublicKeyRecord));
        }

        await Parallel.ForAsync(0, 120, async (i, _) =>
        {
            // Every fourth message meets the key of another.
            var (message, own) = signed[i % 3];
            var record = i % 4 == 3 ? signed[(i + 1) % 3].Record : own;
            var expected = i % 4 == 3 ? DkimStatus.Fail : DkimStatus.Pass;
            Assert.Equal(expected, Assert.Single(await Verify(message, record)).Status);
        });
    }

    [Fact]
    public async Task Only_the_first_signatures_are_verified()
    {
        byte[] message = [.. Enumerable.Repeat(new DkimSigner(_key, "example.com", "ms1").Sign(s_message, s_now), 12).SelectMany(s => s), .. s_message];
        var resolver = Resolver(_key.PublicKeyRecord);

        var results = await new DkimVerifier(resolver, new FixedTime(s_now)).VerifyAsync(message, CancellationToken.None);

        Assert.Equal(12, results.Count);
        Assert.All(results.Take(10), result => Assert.Equal(DkimStatus.Pass, result.Status));
        Assert.All(results.Skip(10), result => Assert.Equal((DkimStatus.Policy, "too many signatures"), (result.Status, result.Reason)));
        Assert.Equal(10, resolver.Questions.Count);
    }

    [Theory]
    [InlineData(3_000_000, 1)]
    [InlineData(10, 100_000)]
    public async Task Huge_header_is_refused(int size, int count)
    {
        var field = $"X: {new string('x', size)}\r\n";
        var message = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(field, count)) + Encoding.ASCII.GetString(Signed()));

        Assert.Equal("header too large", Assert.Single(await Verify(message)).Reason);
    }

    [Theory]
    [InlineData("From mallory Wed Mar  4 05:06:07 2026\r\n", "", DkimStatus.Pass)]
    [InlineData("", "no field\r\n", DkimStatus.Permerror)]
    [InlineData("", "no field: because of the blank\r\n", DkimStatus.Permerror)]
    [InlineData("", ": no name\r\n", DkimStatus.Permerror)]
    [InlineData("\tfolded onto nothing\r\n", "", DkimStatus.Permerror)]
    public async Task Header_that_readers_may_end_elsewhere_does_not_pass(string before, string between, DkimStatus status)
    {
        byte[] message = [.. Encoding.ASCII.GetBytes(before), .. new DkimSigner(_key, "example.com", "ms1").Sign(s_message, s_now), .. Encoding.ASCII.GetBytes(between), .. s_message];

        Assert.Equal(status, Assert.Single(await Verify(message)).Status);
    }

    private byte[] Signed(DkimSignerOptions? options = null) =>
        [.. new DkimSigner(_key, "example.com", "ms1", options).Sign(s_message, s_now), .. s_message];

    private Task<IReadOnlyList<DkimResult>> Verify(byte[] message, string? record = null) =>
        new DkimVerifier(Resolver(record ?? _key.PublicKeyRecord), new FixedTime(s_now)).VerifyAsync(message, CancellationToken.None);

    private static FakeDnsResolver Resolver(string record)
    {
        var resolver = new FakeDnsResolver();
        resolver.Zone.Txt("ms1._domainkey.example.com", record);
        return resolver;
    }

    /// <summary>A key of a size that the product would not sign with.</summary>
    private sealed class AnyRsaKey(RSA rsa) : DkimKey
    {
        public override DkimKeyType Type => DkimKeyType.Rsa;

        public override byte[] ExportPkcs8() => rsa.ExportPkcs8PrivateKey();

        public override void Dispose()
        {
        }

        internal override byte[] SignHash(ReadOnlySpan<byte> hash) =>
            rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        private protected override byte[] PublicKey() => rsa.ExportSubjectPublicKeyInfo();
    }
}
