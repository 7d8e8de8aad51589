using System.Buffers;
using System.Text;
using Mail.Protocol.Arc;
using Mail.Protocol.AuthenticationResults;
using Mail.Protocol.Dkim;
using Mail.Protocol.Tests.Dkim;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Arc;

public sealed class ArcTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly IReadOnlyList<AuthenticationResult> s_results = [new("spf", "pass") { Properties = [new("smtp", "mailfrom", "a@example.com")] }];
    private static readonly byte[] s_message =
        "From: a@example.com\r\nTo: list@example.org\r\nSubject: Hi\r\nMessage-ID: <1@example.com>\r\n\r\nBody  text\r\n"u8.ToArray();

    private readonly DkimKey _key = DkimKey.Generate(DkimKeyType.Rsa);

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Message_without_sets_has_no_chain() =>
        Assert.Equal(ArcStatus.None, (await Validate(s_message)).Status);

    /// <summary>The keys of RFC 8617 §B were never published, so the example is whole up to the look-up of the newest one.</summary>
    [Fact]
    public async Task Example_of_the_rfc_is_well_formed_and_its_body_is_what_was_signed()
    {
        var message = await File.ReadAllBytesAsync(VectorFiles.PathOf("Arc/Vectors/01-rfc8617-appendix-b.eml"));
        var resolver = new FakeDnsResolver();

        var result = await new ArcValidator(resolver, TimeProvider.System).ValidateAsync(message, CancellationToken.None);

        Assert.Equal("message signature 3: no key for signature", result.Reason);
        Assert.Equal("clochette._domainkey.clochette.example.org", Assert.Single(resolver.Questions).Name);
    }

    [Fact]
    public async Task Chain_of_three_handlers_passes_and_tells_what_they_found()
    {
        var message = await Seal(await Seal(await Seal(s_message, "a.example"), "b.example"), "c.example");

        var result = await Validate(message);

        Assert.Equal((ArcStatus.Pass, ""), (result.Status, result.Reason));
        Assert.Equal(["a.example", "b.example", "c.example"], result.Sets.Select(set => set.Domain));
        Assert.Equal([ArcStatus.None, ArcStatus.Pass, ArcStatus.Pass], result.Sets.Select(set => set.ChainStatus));
        Assert.Equal("mx.a.example; spf=pass smtp.mailfrom=a@example.com", result.Sets[0].AuthenticationResults);
        Assert.Equal(0, result.OldestPass);
    }

    [Fact]
    public async Task Change_before_the_newest_seal_moves_the_oldest_pass()
    {
        var message = await Seal(s_message, "a.example");
        var footer = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(message) + "-- \r\nthe list\r\n");

        var resealed = SealWith(footer, "b.example", new ArcResult(ArcStatus.Pass, ""));
        var result = await Validate(resealed);

        Assert.Equal((ArcStatus.Pass, 2), (result.Status, result.OldestPass));
    }

    [Theory]
    [InlineData("Subject: Hi", "Subject: Ho")]
    [InlineData("Body  text", "Other text")]
    [InlineData("spf=pass", "spf=fail")]
    [InlineData("cv=none", "cv=pass")]
    [InlineData("i=1; a=rsa-sha256; c=", "i=2; a=rsa-sha256; c=")]
    [InlineData("ARC-Message-Signature: ", "X-Message-Signature: ")]
    public async Task Changed_message_breaks_the_chain(string original, string changed)
    {
        var message = Encoding.ASCII.GetString(await Seal(s_message, "a.example"));
        Assert.Contains(original, message);

        Assert.Equal(ArcStatus.Fail, (await Validate(Encoding.ASCII.GetBytes(message.Replace(original, changed)))).Status);
    }

    [Fact]
    public async Task Broken_chain_is_sealed_as_failed_and_then_never_again()
    {
        var broken = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(await Seal(s_message, "a.example")).Replace("Hi", "Ho"));
        var sealedAsFailed = await Seal(broken, "b.example");

        Assert.Contains("cv=fail", Encoding.ASCII.GetString(sealedAsFailed));
        var result = await Validate(sealedAsFailed);
        Assert.Equal((ArcStatus.Fail, "the chain was sealed as failed"), (result.Status, result.Reason));
        Assert.Null(Sealer("c.example").Seal(new ReadOnlySequence<byte>(sealedAsFailed), result, s_results, s_now));
    }

    [Fact]
    public async Task Chain_ends_at_fifty_sets()
    {
        var message = s_message;
        for (var i = 0; i < 50; i++)
            message = SealWith(message, "a.example", new ArcResult(i == 0 ? ArcStatus.None : ArcStatus.Pass, ""));

        // RFC 8617 §4.2.1
        Assert.Equal(ArcStatus.Pass, (await Validate(message)).Status);
        Assert.Null(Sealer("a.example").Seal(new ReadOnlySequence<byte>(message), new ArcResult(ArcStatus.Pass, ""), s_results, s_now));
    }

    [Fact]
    public async Task Key_that_cannot_be_fetched_now_is_a_temporary_failure()
    {
        var message = await Seal(s_message, "a.example");
        var resolver = FakeDnsResolver.FromText("arc._domainkey.a.example SERVFAIL");

        var result = await new ArcValidator(resolver, TimeProvider.System).ValidateAsync(message, CancellationToken.None);

        Assert.Equal((ArcStatus.Fail, true), (result.Status, result.IsTemporary));
    }

    [Fact]
    public async Task Python_validates_what_we_seal()
    {
        var one = await Seal(s_message, "a.example");
        var three = await Seal(await Seal(one, "b.example"), "c.example");
        var broken = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(three).Replace("Hi", "Ho"));

        var answers = await DkimPeers.Python(new[] { one, three, broken }.Select(m => DkimPeers.Job("arc-verify", m, Records())));

        Assert.Equal(["pass", "pass", "fail"], answers);
    }

    [Fact]
    public async Task We_validate_what_python_seals()
    {
        var withResults = Encoding.ASCII.GetBytes("Authentication-Results: mx.a.example; arc=none; spf=pass smtp.mfrom=a@example.com\r\n"
            + Encoding.ASCII.GetString(s_message));
        var one = await SealByPython(withResults, "a.example");
        Assert.Equal((ArcStatus.Pass, ""), ((await Validate(one)).Status, (await Validate(one)).Reason));

        var mixed = await Seal(one, "b.example");
        Assert.Equal(ArcStatus.Pass, (await Validate(mixed)).Status);
    }

    private static async Task<byte[]> SealByPythonAsync(byte[] message, string domain, string pem, (string, string)[] records)
    {
        var job = DkimPeers.Job("arc-sign", message, records);
        (job["selector"], job["domain"], job["key"], job["authserv"]) = ("arc", domain, pem, "mx." + domain);
        var answer = Assert.Single(await DkimPeers.Python([job]));
        Assert.False(answer.StartsWith("error"), answer);
        return [.. Convert.FromBase64String(answer), .. message];
    }

    private Task<byte[]> SealByPython(byte[] message, string domain) => SealByPythonAsync(
        message, domain, new string(System.Security.Cryptography.PemEncoding.Write("PRIVATE KEY", _key.ExportPkcs8())), Records());

    private async Task<byte[]> Seal(byte[] message, string domain) => SealWith(message, domain, await Validate(message));

    private byte[] SealWith(byte[] message, string domain, ArcResult arrived) =>
        [.. Sealer(domain).Seal(new ReadOnlySequence<byte>(message), arrived, s_results, s_now)!, .. message];

    private ArcSealer Sealer(string domain) => new(_key, domain, "arc", "mx." + domain);

    private Task<ArcResult> Validate(byte[] message)
    {
        var resolver = new FakeDnsResolver();
        foreach (var (name, record) in Records())
            resolver.Zone.Txt(name, record);
        return new ArcValidator(resolver, TimeProvider.System).ValidateAsync(message, CancellationToken.None);
    }

    private (string Name, string Record)[] Records() =>
        [.. new[] { "a", "b", "c" }.Select(name => ($"arc._domainkey.{name}.example", _key.PublicKeyRecord))];
}
