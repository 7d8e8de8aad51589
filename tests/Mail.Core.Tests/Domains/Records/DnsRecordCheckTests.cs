using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Protocol.Dkim;
using Mail.Protocol.Dns;
using Mail.TestKit;
using Mail.TestKit.Dns;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Domains.Records;

/// <summary>Each of the usual mistakes, looked up from a real name server.</summary>
public sealed class DnsRecordCheckTests : IAsyncLifetime
{
    private const string Domain = "shop.test";
    private const string KeyName = "ms1._domainkey.shop.test";
    private static readonly string _key = DkimKey.Generate(DkimKeyType.Rsa).PublicKeyRecord;
    private static readonly string _otherKey = DkimKey.Generate(DkimKeyType.Rsa).PublicKeyRecord;
    private static readonly ExpectedRecord _dkim = new(RecordPurpose.Dkim, DnsRecordType.Txt, KeyName, _key, true);
    private static readonly ExpectedRecord _mx = new(RecordPurpose.MailFrom, DnsRecordType.Mx, "mail.shop.test", "10 bounce.mailer.test", true);
    private static readonly ExpectedRecord _spf = new(RecordPurpose.Spf, DnsRecordType.Txt, "mail.shop.test", "v=spf1 a:mx.mailer.test ~all", true);
    private static readonly ExpectedRecord _dmarc = new(RecordPurpose.Dmarc, DnsRecordType.Txt, "_dmarc.shop.test", "v=DMARC1; p=none", false);
    private static readonly ExpectedRecord _alias = new(RecordPurpose.Tracking, DnsRecordType.Cname, "track.shop.test", "mx.mailer.test", false);

    private readonly TestDnsServer _dns = TestDnsServer.Start();
    private readonly DnsRecordCheck _check;

    public DnsRecordCheckTests() => _check = Check(TimeProvider.System);

    private DnsZone Zone => _dns.Zone;

    public static TheoryData<string> GoodKeys => [
        _key,
        _key.Replace("; ", ";", StringComparison.Ordinal),
        _key.Replace("v=DKIM1; k=rsa; ", "", StringComparison.Ordinal),
        _key + ";",
        _key + "; t=s; n=our key; h=sha1:sha256; s=email",
        _key.Insert(120, " "),
    ];

    public static TheoryData<string, string> WrongKeys => new()
    {
        { $"\"{_key}\"", "quotation marks" },
        { _key.Insert(200, "\" \""), "quotation marks" },
        { $"\"{_otherKey}\"", "quotation marks" },
        { _key.Replace(";", "\\;", StringComparison.Ordinal), "backslashes" },
        { _key[(_key.IndexOf("p=", StringComparison.Ordinal) + 2)..], "Only the key" },
        { _key[..255], "cut off after 255" },
        { _key[..300], "cut off after 300" },
        { _otherKey, "Another key" },
        { "v=DKIM1; k=rsa; p=", "revoked" },
        { "v=spf1 -all", "no DKIM key" },
        { _key.Replace("k=rsa", "k=ed25519", StringComparison.Ordinal), "tags around it" },
        { _key + "; h=sha1", "tags around it" },
    };

    [Theory]
    [MemberData(nameof(GoodKeys))]
    public async Task A_key_is_verified_however_it_is_spaced(string value)
    {
        Zone.Txt(KeyName, value);

        Assert.Equal(new { Status = RecordStatus.Verified, Explanation = (string?)null }, await OfAsync(_dkim));
    }

    [Theory]
    [MemberData(nameof(WrongKeys))]
    public async Task What_is_wrong_with_a_key_is_said(string value, string expected)
    {
        Zone.Txt(KeyName, value);

        var finding = await _check.CheckAsync(_dkim, Domain, default);

        Assert.Equal(RecordStatus.Failed, finding.Status);
        Assert.Contains(expected, finding.Explanation, StringComparison.Ordinal);
        Assert.Equal([value], finding.Found);
    }

    [Fact]
    public async Task A_key_cut_into_several_records_is_recognised_in_any_order()
    {
        Zone.Txt(KeyName, _key[255..]).Txt(KeyName, _key[..255]);

        await ExpectAsync(_dkim, RecordStatus.Failed, "published as 2 TXT records");
    }

    [Fact]
    public async Task Two_keys_at_one_name_are_a_mistake()
    {
        Zone.Txt(KeyName, _key).Txt(KeyName, _otherKey);

        await ExpectAsync(_dkim, RecordStatus.Failed, "Leave only the expected one");
    }

    [Fact]
    public async Task A_name_with_the_domain_twice_is_found()
    {
        Zone.Txt(KeyName + "." + Domain, _key);

        var finding = await ExpectAsync(_dkim, RecordStatus.Failed, "Enter only 'ms1._domainkey' as its name");

        Assert.Equal([$"{KeyName}.{Domain}: {_key}"], finding.Found);
    }

    [Fact]
    public async Task A_record_at_the_domain_itself_is_found_among_others()
    {
        Zone.Txt(Domain, "v=spf1 -all").Txt(Domain, _key).Mx(Domain, 10, "bounce.mailer.test");

        await ExpectAsync(_dkim, RecordStatus.Failed, "stands at shop.test itself");
        await ExpectAsync(_mx, RecordStatus.Failed, "stands at shop.test itself");
    }

    [Fact]
    public async Task An_alias_in_the_way_is_named()
    {
        Zone.Cname(KeyName, "elsewhere.test").Txt("elsewhere.test", _otherKey).Cname("mail.shop.test", "nowhere.test");

        await ExpectAsync(_dkim, RecordStatus.Failed, "alias (CNAME) of elsewhere.test");
        await ExpectAsync(_mx, RecordStatus.Failed, "alias (CNAME) of nowhere.test");
    }

    [Fact]
    public async Task An_alias_that_leads_to_the_key_is_good()
    {
        Zone.Cname(KeyName, "keys.shop.test").Txt("keys.shop.test", _key);

        Assert.Equal(RecordStatus.Verified, (await _check.CheckAsync(_dkim, Domain, default)).Status);
    }

    [Fact]
    public async Task Nothing_there_is_missing_and_no_answer_is_neither()
    {
        await ExpectAsync(_dkim, RecordStatus.Missing, "no TXT record at ms1._domainkey.shop.test");
        Zone.ServFail(KeyName);

        var finding = await ExpectAsync(_dkim, RecordStatus.Pending, "no answer");

        Assert.False(finding.IsConclusive);
    }

    [Fact]
    public async Task A_name_server_that_never_answers_is_given_up_after_a_while()
    {
        Zone.Timeout(KeyName);
        var clock = new ManualTime();

        var checking = Check(clock).CheckAsync(_dkim, Domain, default);
        await _dns.WaitForQuestionsAsync(1);
        clock.Advance(new DomainOptions().CheckTimeout);

        Assert.False((await checking).IsConclusive);
    }

    [Fact]
    public async Task The_mx_must_be_the_only_one_and_not_completed_with_the_domain()
    {
        Zone.Mx("mail.shop.test", 10, "bounce.mailer.test");
        Assert.Equal(RecordStatus.Verified, (await _check.CheckAsync(_mx, Domain, default)).Status);

        Zone.Mx("mail.shop.test", 20, "backup.test");
        await ExpectAsync(_mx, RecordStatus.Failed, "further MX records");

        Zone.Remove("mail.shop.test").Mx("mail.shop.test", 10, "bounce.mailer.test.shop.test");
        await ExpectAsync(_mx, RecordStatus.Failed, "dot at its end");

        Zone.Remove("mail.shop.test").Mx("mail.shop.test", 10, "mx.google.test");
        await ExpectAsync(_mx, RecordStatus.Failed, "choose another mailFromSubdomain");

        Zone.Remove("mail.shop.test").NullMx("mail.shop.test");
        await ExpectAsync(_mx, RecordStatus.Failed, "is .,");
    }

    [Theory]
    [InlineData("v=spf1 a:mx.mailer.test ~all")]
    [InlineData("v=spf1 ip4:192.0.2.1 include:x.test +a:MX.mailer.test -all")]
    [InlineData("v=spf1 a:mx.mailer.test")]
    public async Task A_policy_that_has_our_terms_is_good(string policy)
    {
        Zone.Txt("mail.shop.test", policy).Txt("mail.shop.test", "something else");

        Assert.Equal(RecordStatus.Verified, (await _check.CheckAsync(_spf, Domain, default)).Status);
    }

    [Theory]
    [InlineData("v=spf1 ip4:192.0.2.1 -all", "lacks 'a:mx.mailer.test'")]
    [InlineData("v=spf1 ~all a:mx.mailer.test", "lacks 'a:mx.mailer.test'")]
    [InlineData("v=spf1 -a:mx.mailer.test ~all", "lacks 'a:mx.mailer.test'")]
    [InlineData("v=spf1 a:mx.mailer.test nonsense:x ~all", "cannot be read")]
    [InlineData("\"v=spf1 a:mx.mailer.test ~all\"", "quotation marks")]
    [InlineData(" v=spf1 a:mx.mailer.test ~all", "must begin with")]
    public async Task What_is_wrong_with_a_policy_is_said(string policy, string expected)
    {
        Zone.Txt("mail.shop.test", policy);

        await ExpectAsync(_spf, RecordStatus.Failed, expected);
    }

    [Fact]
    public async Task Two_policies_are_a_mistake()
    {
        Zone.Txt("mail.shop.test", "v=spf1 a:mx.mailer.test ~all").Txt("mail.shop.test", "v=spf1 include:x.test ~all");

        await ExpectAsync(_spf, RecordStatus.Failed, "2 SPF records");
    }

    [Theory]
    [InlineData("v=DMARC1; p=reject", RecordStatus.Verified)]
    [InlineData("v=DMARC1; p=none; rua=mailto:dmarc@shop.test", RecordStatus.Verified)]
    [InlineData("v=DMARC1; p=maybe", RecordStatus.Failed)]
    [InlineData("\"v=DMARC1; p=none\"", RecordStatus.Failed)]
    [InlineData("hello", RecordStatus.Missing)]
    public async Task Any_dmarc_policy_will_do(string policy, RecordStatus expected)
    {
        Zone.Txt("_dmarc.shop.test", policy);

        Assert.Equal(expected, (await _check.CheckAsync(_dmarc, Domain, default)).Status);
    }

    [Fact]
    public async Task The_policy_of_the_domain_above_applies_to_a_subdomain()
    {
        Zone.Txt("_dmarc.shop.test", "v=DMARC1; p=reject");

        var finding = await _check.CheckAsync(_dmarc with { Name = "_dmarc.news.eu.shop.test" }, "news.eu.shop.test", default);

        Assert.Equal((RecordStatus.Verified, "The policy of shop.test applies."), (finding.Status, finding.Explanation));
    }

    [Fact]
    public async Task An_alias_is_judged_by_its_target()
    {
        Zone.Cname("track.shop.test", "mx.mailer.test");
        Assert.Equal(RecordStatus.Verified, (await _check.CheckAsync(_alias, Domain, default)).Status);

        Zone.Remove("track.shop.test").Cname("track.shop.test", "mx.mailer.test.shop.test");
        await ExpectAsync(_alias, RecordStatus.Failed, "dot at its end");

        Zone.Remove("track.shop.test").Cname("track.shop.test", "proxy.test");
        await ExpectAsync(_alias, RecordStatus.Failed, "expected mx.mailer.test");

        Zone.Remove("track.shop.test").A("track.shop.test", "192.0.2.1");
        await ExpectAsync(_alias, RecordStatus.Missing, "no CNAME record");
    }

    [Fact]
    public async Task What_a_stranger_published_is_shown_in_bounds()
    {
        for (var i = 0; i < 20; i++)
            Zone.Txt(KeyName, $"{i}\0\r\n\u001b[31m" + new string('x', 3000));

        var finding = await _check.CheckAsync(_dkim, Domain, default);

        Assert.Equal(5, finding.Found.Count);
        Assert.All(finding.Found, found =>
        {
            Assert.InRange(found.Length, 1, 601);
            Assert.DoesNotContain(found, char.IsControl);
        });
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _dns.DisposeAsync();

    private DnsRecordCheck Check(TimeProvider clock) => new(
        new FreshDns(new StubResolver(new StubResolverOptions { Servers = [_dns.EndPoint], MaximumCacheEntries = 0 })),
        Options.Create(new DomainOptions()), clock);

    private async Task<object> OfAsync(ExpectedRecord record)
    {
        var finding = await _check.CheckAsync(record, Domain, default);
        return new { finding.Status, finding.Explanation };
    }

    private async Task<RecordFinding> ExpectAsync(ExpectedRecord record, RecordStatus status, string explanation)
    {
        var finding = await _check.CheckAsync(record, Domain, default);
        Assert.Contains(explanation, finding.Explanation ?? "nothing", StringComparison.Ordinal);
        Assert.Equal(status, finding.Status);
        return finding;
    }
}
