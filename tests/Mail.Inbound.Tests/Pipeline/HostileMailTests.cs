using System.Diagnostics;
using System.Net;
using System.Text;
using Mail.Core.Ids;
using Mail.Core.Inbound;
using Mail.Core.Organizations;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Pipeline;

/// <summary>Mail for inbound domains that is made to cost us something, or to look like something else.</summary>
public sealed class HostileMailTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    // Of "text" and a line break: right, so that the key is asked for.
    private const string BodyHash = "eDCyaw7m810RhFf0TmGWGkTYiT/1GwL4/PCOGIr3ew4=";
    private static int _names;

    [Fact]
    public async Task Mail_that_wants_many_lookups_gets_as_many_as_are_allowed_and_is_taken()
    {
        const int MaxLookups = 10;
        var zone = new DnsZone().Txt("writer.test", "v=spf1 " + string.Join(' ', Enumerable.Range(0, 5).Select(i => $"include:i{i}.test")) + " -all");
        for (var i = 0; i < 5; i++)
            zone.Txt($"i{i}.test", "v=spf1 -all");
        var resolver = new FakeDnsResolver(zone);
        await using var host = await StartAsync(resolver, ("Mail:InboundMail:MaxLookups", $"{MaxLookups}"));
        var signatures = string.Concat(Enumerable.Range(0, 30).Select(i =>
            $"DKIM-Signature: v=1; a=rsa-sha256; d=d{i}.test; s=s; h=from; bh={BodyHash}; b=AAAA\r\n"));

        var mail = await ReceiveAsync(host, $"{signatures}From: ann@writer.test\r\nSubject: x\r\n\r\ntext");

        Assert.Equal(MaxLookups, resolver.Questions.Count);
        var checks = mail.Content.Authentication;
        Assert.Equal(("fail", "temperror"), (checks.Spf.Result, checks.Dmarc.Result));
        Assert.Contains(checks.Dkim, check => check.Result == "temperror");
        Assert.Contains("text", mail.Content.Text);
    }

    [Fact]
    public async Task Name_servers_that_never_answer_hold_mail_up_for_the_time_that_is_allowed()
    {
        await using var host = await StartAsync(new SilentResolver(), ("Mail:InboundMail:CheckTime", "00:00:01"));
        var start = Stopwatch.GetTimestamp();

        var mail = await ReceiveAsync(host,
            $"DKIM-Signature: v=1; a=rsa-sha256; d=d.test; s=s; h=from; bh={BodyHash}; b=AAAA\r\nFrom: ann@writer.test\r\n\r\ntext");

        var checks = mail.Content.Authentication;
        Assert.Equal(("temperror", "temperror", "temperror"), (checks.Spf.Result, checks.Dkim[0].Result, checks.Dmarc.Result));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("Authentication-Results: mx.local.test; dmarc=pass header.from=bank.test")]
    [InlineData("AUTHENTICATION-results: MX.Local.TEST; dmarc=pass header.from=bank.test")]
    [InlineData("Authentication-Results: mx.local.test 1; dmarc=pass header.from=bank.test")]
    [InlineData("Authentication-Results:\r\n mx.local.test;\r\n\tdmarc=pass header.from=bank.test")]
    [InlineData("Authentication-Results: (a comment) mx.local.test (another); dmarc=pass header.from=bank.test")]
    [InlineData("Authentication-Results: \"mx.local.test\"; dmarc=pass header.from=bank.test")]
    [InlineData("Authentication-Results : mx.local.test; dmarc=pass header.from=bank.test")]
    public async Task Results_that_others_wrote_in_our_name_are_taken_off_however_they_are_written(string field)
    {
        await using var host = await StartAsync(new FakeDnsResolver());

        var mail = await ReceiveAsync(host, $"Subject: x\r\n{field}\r\nAuthentication-Results: other.test; spf=pass smtp.mailfrom=kept.test\r\n{field}\r\n\r\nbank.test in the body stays");

        var header = Encoding.UTF8.GetString(mail.Raw!).Split("\r\n\r\n")[0];
        Assert.DoesNotContain("bank.test", header);
        Assert.Contains("kept.test", header);
        Assert.Contains("bank.test in the body stays", mail.Content.Text);
        Assert.DoesNotContain(mail.Content.Headers, one => one.Value.Contains("bank.test"));
    }

    [Theory]
    [InlineData(100, "250 ")]
    [InlineData(101, "554 5.4.6 ")]
    public async Task Mail_that_passed_more_than_a_hundred_servers_goes_in_circles(int hops, string reply)
    {
        await using var host = await StartAsync(new FakeDnsResolver());
        var received = string.Concat(Enumerable.Range(0, hops).Select(i => $"Received: from a{i}.test by b{i}.test; Mon, 2 Nov 2026 10:00:00 +0000\r\n"));

        Assert.StartsWith(reply, await SendAsync(host, $"{received}Subject: x\r\n\r\nReceived: in the body counts for nothing", $"a@{await AddDomainAsync(host)}"));
    }

    public static TheoryData<string> Bombs() => [.. _bombs.Keys];

    private static readonly Dictionary<string, Func<string>> _bombs = new()
    {
        ["multiparts in each other"] = () => string.Concat(Enumerable.Range(0, 5_000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n")),
        ["messages in each other"] = () => string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\r\n\r\n", 20_000)),
        ["a hundred thousand parts"] = () => "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat("--b\r\n\r\n\r\n", 100_000)),
        ["thousands of attachments"] = () => "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + string.Concat(Enumerable.Repeat("--b\r\nContent-Disposition: attachment; filename=a.bin\r\n\r\nx\r\n", 5_000)),
        ["thousands of fields"] = () => string.Concat(Enumerable.Range(0, 20_000).Select(i => $"X-{i}: x\r\n")) + "\r\ntext",
        ["one endless field"] = () => "X-Long: " + string.Concat(Enumerable.Repeat("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n ", 20_000)) + "end\r\n\r\ntext",
        ["thousands of addresses"] = () => "To: " + string.Join(",\r\n ", Enumerable.Range(0, 10_000).Select(i => $"a{i}@b.test")) + "\r\n\r\ntext",
        ["thousands of ids"] = () => "References: " + string.Join("\r\n ", Enumerable.Range(0, 10_000).Select(i => $"<{i}@b.test>")) + "\r\n\r\ntext",
        ["a parameter in thousands of pieces"] = () => "Content-Type: text/plain;\r\n" + string.Concat(Enumerable.Range(0, 5_000).Select(i => $" name*{i}*=a;\r\n")) + " charset=utf-8\r\n\r\ntext",
        ["words in words of an encoded subject"] = () => "Subject: " + string.Concat(Enumerable.Repeat("=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=\r\n ", 5_000)) + "\r\n\r\ntext",
        ["a text of one character"] = () => "Content-Type: text/plain; charset=utf-7\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + string.Concat(Enumerable.Repeat("=2BAAAAAAA-=\r\n", 100_000)),
        ["quotations without end"] = () => "Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("> On 1@1, 2026 wrote:\r\n", 50_000)),
        ["html of nothing but tags"] = () => "Content-Type: text/html\r\n\r\n" + string.Concat(Enumerable.Repeat("<div><a href=x>\r\n", 80_000)),
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task Bomb_is_taken_in_bounded_time_and_read_in_bounded_size(string name)
    {
        var azurite = await AzuriteServer.SharedAsync();
        await using var host = await StartAsync(new FakeDnsResolver(), ("ConnectionStrings:blobs", azurite.ConnectionString));

        var mail = await ReceiveAsync(host, _bombs[name]()).WaitAsync(Limit);

        Assert.True(mail.Content.Attachments.Count <= 200);
        Assert.True(mail.Content.Headers.Count <= 500);
        Assert.True(mail.Content.To.Count <= 1_000);
        Assert.True(mail.Content.References.Count <= 100);
        Assert.All(mail.Content.Headers, field => Assert.True(field.Value.Length <= 8_000));
        Assert.True((mail.Content.Text?.Length ?? 0) <= 1_000_000);
    }

    [Fact]
    public async Task Header_without_end_is_refused()
    {
        await using var host = await StartAsync(new FakeDnsResolver());

        Assert.StartsWith("552 5.3.4 ", await SendAsync(
            host, string.Concat(Enumerable.Range(0, 30_000).Select(i => $"X-{i}: {new string('x', 40)}\r\n")) + "end: x", $"a@{await AddDomainAsync(host)}"));
    }

    private async Task<InboundHost> StartAsync(IDnsResolver resolver, params (string Key, string Value)[] settings) => await InboundHost.StartAsync(
        fixture.Database.ConnectionString, "Production", resolver: resolver, settings:
        [
            ("Mail:Inbound:MaxMessageBytes", "45000000"), ("Mail:InboundMail:MaxInlineBytes", "10000000"), .. settings,
        ]);

    private async Task<string> AddDomainAsync(InboundHost host)
    {
        var domain = $"hostile{Interlocked.Increment(ref _names)}.test";
        var organization = (await host.Services.GetRequiredService<OrganizationStore>().CreateAsync(domain, CancellationToken.None))!.Value;
        await using var add = fixture.Database.DataSource.CreateCommand(
            "insert into inbound_domains (organization_id, id, name, status, verified_at) values ($1, uuidv7(), $2, 'verified', now())");
        add.Parameters.AddWithValue(organization.Value);
        add.Parameters.AddWithValue(domain);
        await add.ExecuteNonQueryAsync();
        return domain;
    }

    private static async Task<string?> SendAsync(InboundHost host, string content, string to)
    {
        await using var client = new LineClient(host.Connect(new IPEndPoint(IPAddress.Loopback, 40_000)));
        await client.GreetAsync();
        return await client.MailAsync(content, "ann@writer.test", to);
    }

    private async Task<InboundMessage> ReceiveAsync(InboundHost host, string content)
    {
        var domain = await AddDomainAsync(host);
        var reply = await SendAsync(host, content, $"a@{domain}");
        Assert.StartsWith("250 2.0.0 OK queued as inm_", reply);
        Assert.True(PrefixedId.TryParse<InboundMessageId>(reply!.Split(' ')[^1], out var id));
        var owner = await host.Services.GetRequiredService<InboundDomainCheckStore>().FindOwnerAsync(domain, CancellationToken.None);
        return (await host.Services.GetRequiredService<InboundMessageStore>().FindAsync(owner!.Value.Organization, id, CancellationToken.None))!;
    }

    /// <summary>Asked anything, it says nothing until it is called off.</summary>
    private sealed class SilentResolver : IDnsResolver
    {
        public Task<DnsResult<MxRecord>> ResolveMxAsync(string name, CancellationToken cancellationToken) => NeverAsync<MxRecord>(cancellationToken);

        public Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken) => NeverAsync<string>(cancellationToken);

        public Task<DnsResult<IPAddress>> ResolveAAsync(string name, CancellationToken cancellationToken) => NeverAsync<IPAddress>(cancellationToken);

        public Task<DnsResult<IPAddress>> ResolveAaaaAsync(string name, CancellationToken cancellationToken) => NeverAsync<IPAddress>(cancellationToken);

        public Task<DnsResult<string>> ResolveCnameAsync(string name, CancellationToken cancellationToken) => NeverAsync<string>(cancellationToken);

        public Task<DnsResult<string>> ResolvePtrAsync(string name, CancellationToken cancellationToken) => NeverAsync<string>(cancellationToken);

        public Task<DnsResult<TlsaRecord>> ResolveTlsaAsync(string name, CancellationToken cancellationToken) => NeverAsync<TlsaRecord>(cancellationToken);

        public Task<DnsResult<CaaRecord>> ResolveCaaAsync(string name, CancellationToken cancellationToken) => NeverAsync<CaaRecord>(cancellationToken);

        private static async Task<DnsResult<T>> NeverAsync<T>(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new UnreachableException();
        }
    }
}
