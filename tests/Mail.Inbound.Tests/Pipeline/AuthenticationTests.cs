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
