using System.Net;
using System.Text.Json;

namespace Mail.Api.Tests.Features.Domains;

public sealed class AccountDomainsTests(DomainsFixture api) : IClassFixture<DomainsFixture>
{
    private const string Account = "/v1/domains";

    [Fact]
    public async Task The_shapes_are_bare_with_numbers_for_statuses()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(Account, new { domain = "account.example", mailFromSubdomain = "bounces" });
        var domain = await response.ReadAsync(201);

        Assert.Equal($"{Account}/{domain.Text("id")}", response.Headers.Location!.ToString());
        Assert.Equal(("account.example", 1, "bounces.account.example"),
            (domain.Text("domain"), domain.At("status").GetInt32(), domain.Text("customMailFromDomain")));
        var mx = domain.At("dnsRecords").EnumerateArray().Single(record => record.Text("type") == "MX");
        Assert.Equal(("bounces.account.example", "10 bounce.mailer.test", 1800, "MAIL FROM"),
            (mx.Text("name"), mx.Text("value"), mx.At("ttl").GetInt32(), mx.Text("purpose")));

        foreach (var record in domain.At("dnsRecords").EnumerateArray())
            api.Publish(record.Text("type"), record.Text("name"), record.Text("value"));
        using var verify = await tenant.Client.PostAsync($"{Account}/{domain.Text("id")}/verify", null);
        var verified = await verify.ReadAsync(200);
        Assert.Equal(["id", "status", "verifiedAt"], verified.EnumerateObject().Select(property => property.Name));
        Assert.Equal(2, verified.At("status").GetInt32());
        Assert.NotEqual(JsonValueKind.Null, verified.At("verifiedAt").ValueKind);
        Assert.Equal(2, (await tenant.Client.GetJsonAsync($"{Account}/{domain.Text("id")}")).At("status").GetInt32());
    }

    [Fact]
    public async Task A_domain_of_either_surface_is_on_both_and_lists_link_to_their_next_page()
    {
        var tenant = await api.TenantAsync();
        var made = await api.CreateAsync(tenant, "both1.example");
        await api.CreateAsync(tenant, "both2.example");

        using var first = await tenant.Client.GetAsync($"{Account}?limit=2");
        var next = first.Headers.GetValues("Link").Single();
        var page = await tenant.Client.GetJsonAsync(next[1..next.IndexOf('>', StringComparison.Ordinal)]);

        Assert.Equal(["both2.example", "both1.example"], (await first.ReadAsync(200)).EnumerateArray().Select(domain => domain.Text("domain")));
        Assert.Equal(tenant.Domain, page.EnumerateArray().Single().Text("domain"));
        using var deleted = await tenant.Client.DeleteAsync($"{Account}/{made.Text("id")}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await tenant.Client.GetJsonAsync($"/v1/mail/domains/{made.Text("id")}", 404);
    }

    [Fact]
    public async Task Blocklists_are_asked_about_the_addresses_and_the_domain()
    {
        var tenant = await api.TenantAsync();
        var domain = await api.CreateAsync(tenant, "listed.example");

        var answer = await tenant.Client.GetJsonAsync($"{Account}/{domain.Text("id")}/blocklist");

        Assert.True(answer.At("listed").GetBoolean(), answer.GetRawText());
        Assert.Equal(
            [
                "addresses.dnsbl.test 192.0.2.99 listed 127.0.0.2,127.0.0.4 see??https://dnsbl.test",
                "addresses.dnsbl.test 2001:db8::1 unknown  ",
                "domains.dnsbl.test listed.example not_listed  ",
            ],
            answer.At("results").EnumerateArray().Select(entry => $"{entry.Text("list")} {entry.Text("subject")} {entry.Text("status")} "
                + $"{string.Join(',', entry.At("codes").EnumerateArray().Select(code => code.GetString()).Order(StringComparer.Ordinal))} {entry.At("reason").GetString()}"));
    }

    [Theory]
    [InlineData("127.255.255.254")]
    [InlineData("203.0.113.7")]
    public async Task A_list_that_refuses_the_resolver_or_is_parked_lists_nothing(string code)
    {
        var tenant = await api.TenantAsync();
        var name = $"parked{code.Replace('.', '-')}.example";
        var domain = await api.CreateAsync(tenant, name);
        api.Dns.Zone.A($"{name}.domains.dnsbl.test", code);

        var answer = await tenant.Client.GetJsonAsync($"{Account}/{domain.Text("id")}/blocklist");

        Assert.Equal("unknown", answer.At("results").EnumerateArray().Single(entry => entry.Text("subject") == name).Text("status"));
    }
}
