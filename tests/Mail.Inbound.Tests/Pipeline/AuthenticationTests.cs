using System.Net;
using System.Text;
using System.Text.Json;
using Mail.Core.Domains;
using Mail.Core.Organizations;
using Mail.Protocol.Dkim;
using Mail.TestKit.Dns;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Pipeline;

public sealed class AuthenticationTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const string Message = "From: Shop <shop@demo.test>\r\nTo: one@local.test\r\nSubject: hello\r\n\r\ntext\r\n";

    [Fact]
    public async Task Signature_of_a_domain_of_ours_passes_without_published_keys()
    {
        var result = await DkimOfAsync(fixture.Development, await SignAsync(fixture.Development, "demo.test"));

        Assert.Equal(("pass", "demo.test", DemoSeed.Selector), result);
    }

    [Fact]
    public async Task Changed_body_fails()
    {
        var signed = await SignAsync(fixture.Development, "demo.test");

        Assert.Equal(("fail", "demo.test", DemoSeed.Selector), await DkimOfAsync(fixture.Development, signed.Replace("text\r\n", "other text\r\n")));
    }

    [Fact]
    public async Task Message_without_signature_has_none() =>
        Assert.Equal(("none", null, null), await DkimOfAsync(fixture.Development, Message));

    [Fact]
    public async Task Signature_of_another_domain_is_checked_with_its_published_key()
    {
        using var key = DkimKey.Generate(DkimKeyType.Ed25519);
        var zone = new DnsZone().Txt("s1._domainkey.elsewhere.test", key.PublicKeyRecord);
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, resolver: new FakeDnsResolver(zone));

        Assert.Equal(("pass", "elsewhere.test", "s1"), await DkimOfAsync(host, Sign(new DkimSigner(key, "elsewhere.test", "s1"))));
    }

    [Fact]
    public async Task Unreachable_name_server_is_no_reason_to_refuse()
    {
        using var key = DkimKey.Generate(DkimKeyType.Ed25519);
        var zone = new DnsZone().Timeout("s1._domainkey.elsewhere.test");
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, resolver: new FakeDnsResolver(zone));

        Assert.Equal(("temperror", "elsewhere.test", "s1"), await DkimOfAsync(host, Sign(new DkimSigner(key, "elsewhere.test", "s1"))));
    }

    [Fact]
    public async Task Mail_of_our_own_passes_all_checks_without_published_records()
    {
        var mail = await SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Live, "one@local.test");
        var message = Message.Replace("demo.test", mail.Domain);

        var checks = await ChecksOfAsync(fixture.Development, message, mail.ReturnPath(host: $"mail.{mail.Domain}"));

        Assert.Equal(("pass", $"mail.{mail.Domain}"), (checks.At("spf", "result"), checks.At("spf", "domain")));
        Assert.Equal(("pass", mail.Domain, "none"), (checks.At("dmarc", "result"), checks.At("dmarc", "domain"), checks.At("dmarc", "policy")));
        Assert.Equal("none", checks.At("dkim", "result"));
    }

    [Fact]
    public async Task Mail_that_others_bring_in_our_name_does_not_pass()
    {
        var checks = await ChecksOfAsync(fixture.Development, Message, "shop@demo.test");

        Assert.NotEqual("pass", checks.At("spf", "result"));
        Assert.Equal("fail", checks.At("dmarc", "result"));
    }

    [Theory]
    [InlineData("v=spf1 a:mx.local.test ~all", "pass")]
    [InlineData("v=spf1 A:MX.local.test include:other.test -all", "pass")]
    [InlineData("v=spf1 ip4:192.0.2.1 -all", "fail")]
    [InlineData(null, "none")]
    public async Task Mail_of_a_test_key_says_whether_the_published_record_covers_our_senders(string? record, string result)
    {
        var mail = await SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Test, "one@local.test");
        var zone = new DnsZone().Txt($"_dmarc.{mail.Domain}", "v=DMARC1; p=reject");
        if (record is not null)
            zone.Txt($"mail.{mail.Domain}", record);
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, "Production", resolver: new FakeDnsResolver(zone));

        var checks = await ChecksOfAsync(host, Message.Replace("demo.test", mail.Domain), mail.ReturnPath(host: $"mail.{mail.Domain}"));

        Assert.Equal(result, checks.At("spf", "result"));
        Assert.Equal((result == "pass" ? "pass" : "fail", "reject"), (checks.At("dmarc", "result"), checks.At("dmarc", "policy")));
    }

    private async Task<StoredChecks> ChecksOfAsync(InboundHost host, string message, string mailFrom)
    {
        await fixture.ClearAsync();
        await using var client = new LineClient(host.Connect(new IPEndPoint(IPAddress.Loopback, 40_000)));
        await client.GreetAsync();
        Assert.StartsWith("250 ", await client.MailAsync(message[..^2], mailFrom, "one@local.test"));
        return new StoredChecks(JsonDocument.Parse(Assert.Single(await fixture.StoredAsync()).Authentication).RootElement);
    }

    private sealed record StoredChecks(JsonElement Json)
    {
        public string? At(string check, string field) => Json.GetProperty(check).TryGetProperty(field, out var value) ? value.GetString() : null;
    }

    private static async Task<string> SignAsync(InboundHost host, string domain)
    {
        var organization = await host.Services.GetRequiredService<OrganizationStore>()
            .FindByNameAsync(DemoSeed.OrganizationName, CancellationToken.None);
        var keys = await host.Services.GetRequiredService<DkimKeyStore>().ActiveAsync(organization!.Value, domain, CancellationToken.None);
        return Sign(new DkimSigner(keys[0].Key, domain, keys[0].Selector));
    }

    private static string Sign(DkimSigner signer) =>
        Encoding.ASCII.GetString(signer.Sign(Encoding.ASCII.GetBytes(Message), TimeProvider.System.GetUtcNow())) + Message;

    private async Task<(string? Result, string? Domain, string? Selector)> DkimOfAsync(InboundHost host, string message)
    {
        await fixture.ClearAsync();
        await using var client = new LineClient(host.Connect());
        await client.GreetAsync();
        Assert.StartsWith("250 ", await client.MailAsync(message[..^2]));
        var mail = Assert.Single(await fixture.StoredAsync());
        Assert.Equal(message, Encoding.ASCII.GetString(mail.Content));
        using var authentication = JsonDocument.Parse(mail.Authentication);
        var dkim = authentication.RootElement.EnumerateObject().Single(property => property.Name.Equals("dkim", StringComparison.OrdinalIgnoreCase)).Value;
        return (Text("result"), Text("domain"), Text("selector"));

        string? Text(string name) => dkim.EnumerateObject()
            .Where(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(property => property.Value.GetString()).SingleOrDefault();
    }
}
