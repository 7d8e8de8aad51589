using System.Net.Http.Json;

namespace Mail.Api.Tests.Features.Domains;

public sealed class DomainTlsTests(DomainsFixture api) : IClassFixture<DomainsFixture>
{
    [Fact]
    public async Task A_domain_may_ask_for_tls_from_the_start_or_later()
    {
        var tenant = await api.TenantAsync();
        using var strict = await tenant.Client.PostJsonAsync("/v1/mail/domains", new { domain = "strict.example", tls = "required" });
        var domain = (await strict.ReadAsync(201)).At("data");
        Assert.Equal("required", domain.Text("tls"));

        using var relaxed = await tenant.Client.PatchAsJsonAsync($"/v1/mail/domains/{domain.Text("id")}", new { tls = "opportunistic" });
        Assert.Equal("opportunistic", (await relaxed.ReadAsync(200)).At("data").Text("tls"));

        // What is not named stays.
        using var tracked = await tenant.Client.PatchAsJsonAsync($"/v1/mail/domains/{domain.Text("id")}", new { trackOpens = true, tls = "required" });
        using var untracked = await tenant.Client.PatchAsJsonAsync($"/v1/mail/domains/{domain.Text("id")}", new { trackOpens = false });
        Assert.Equal("required", (await untracked.ReadAsync(200)).At("data").Text("tls"));
    }

    [Theory]
    [InlineData("enforced")]
    [InlineData("requiretls")]
    [InlineData("")]
    public async Task A_word_that_is_none_of_the_two_is_refused(string tls)
    {
        var tenant = await api.TenantAsync();

        using var created = await tenant.Client.PostJsonAsync("/v1/mail/domains", new { domain = "words.example", tls });

        var error = (await created.ReadAsync(400)).At("errors").EnumerateArray().Single();
        Assert.Equal(("/tls", "invalid_value"), (error.Text("path"), error.Text("code")));
    }

    [Fact]
    public async Task A_domain_asks_for_no_tls_unless_told_to()
    {
        var tenant = await api.TenantAsync();

        using var created = await tenant.Client.PostJsonAsync("/v1/mail/domains", new { domain = "plain.example" });

        Assert.Equal("opportunistic", (await created.ReadAsync(201)).At("data").Text("tls"));
    }
}
