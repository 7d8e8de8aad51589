using System.Text.Json;
using Mail.TestKit.Dns;
using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Features.Domains;

/// <summary>The API over a database and a name server of its own.</summary>
public sealed class DomainsFixture : IAsyncLifetime
{
    private PostgresDatabase? _database;
    private ApiApplication? _application;

    public TestDnsServer Dns { get; } = TestDnsServer.Start();

    internal ApiApplication Application => _application!;

    internal string Database => _database!.ConnectionString;

    public async Task InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        Dns.Zone.A("mx.mailer.test", "192.0.2.99").Aaaa("mx.mailer.test", "2001:db8::1")
            .A("99.2.0.192.addresses.dnsbl.test", "127.0.0.2", "127.0.0.4")
            .Txt("99.2.0.192.addresses.dnsbl.test", "see\r\nhttps://dnsbl.test")
            .ServFail("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.addresses.dnsbl.test");
        _application = new ApiApplication(_database.ConnectionString, "UseDevelopmentStorage=true", settings: new Dictionary<string, string>
        {
            ["Mail:Dns:Servers:0"] = Dns.EndPoint.ToString(),
            ["Mail:Host:Name"] = "mx.mailer.test",
            ["Mail:Host:BounceDomain"] = "bounce.mailer.test",
            ["Mail:Domains:SpfTerms:0"] = "include:_spf.mailer.test",
            ["Mail:Blocklists:AddressZones:0"] = "addresses.dnsbl.test",
            ["Mail:Blocklists:DomainZones:0"] = "domains.dnsbl.test",
        });
    }

    public async Task DisposeAsync()
    {
        await Application.DisposeAsync();
        await _database!.DisposeAsync();
        await Dns.DisposeAsync();
    }

    internal Task<Tenant> TenantAsync() => Application.TenantAsync();

    /// <summary>Adds a domain and answers it.</summary>
    internal async Task<JsonElement> CreateAsync(Tenant tenant, string domain)
    {
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/domains", new { domain });
        return (await response.ReadAsync(201)).At("data");
    }

    /// <summary>Adds a domain, publishes its records as the answer shows them, and has them looked up.</summary>
    internal async Task<JsonElement> VerifiedAsync(Tenant tenant, string name)
    {
        var domain = await CreateAsync(tenant, name);
        Publish(domain);
        return await VerifyAsync(tenant, domain);
    }

    internal static async Task<JsonElement> VerifyAsync(Tenant tenant, JsonElement domain)
    {
        using var response = await tenant.Client.PostAsync($"/v1/mail/domains/{domain.Text("id")}/verify", null);
        return (await response.ReadAsync(200)).At("data");
    }

    internal void Publish(JsonElement domain)
    {
        foreach (var record in domain.At("records").EnumerateArray())
            Dns.Zone.Remove(record.Text("name"));
        foreach (var record in domain.At("records").EnumerateArray())
            Publish(record.Text("type"), record.Text("name"), record.Text("value"));
    }

    internal void Publish(string type, string name, string value)
    {
        if (type == "MX")
            Dns.Zone.Mx(name, ushort.Parse(value.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), value.Split(' ')[1]);
        else if (type == "CNAME")
            Dns.Zone.Cname(name, value);
        else
            Dns.Zone.Txt(name, value);
    }
}
