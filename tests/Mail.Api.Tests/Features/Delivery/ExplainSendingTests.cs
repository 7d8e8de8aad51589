using Mail.Protocol.Dns;
using Mail.TestKit.Dns;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Delivery;

[Collection(ApiCollection.Name)]
public sealed class ExplainSendingTests(ApiFixture api)
{
    [Fact]
    public async Task A_suppressed_recipient_is_told_in_every_spelling_of_it()
    {
        var tenant = await api.TenantAsync();
        using var suppression = await tenant.Client.PostJsonAsync("/v1/suppressions", new { email = "gone@recipient.test" });
        await using var application = WithDns();

        using var response = await ClientOf(application, tenant).PostJsonAsync("/v1/mail/explain",
            new { from = tenant.Sender, to = new[] { "ann@recipient.test", "Gone@RECIPIENT.test" }, subject = "Hello", text = "Text" });

        var data = (await response.ReadAsync(200)).At("data");
        Assert.True(data.At("wouldAccept").GetBoolean());
        Assert.Equal([false, true], data.At("recipients").EnumerateArray().Select(recipient => recipient.At("suppressed").GetBoolean()));
    }

    [Fact]
    public async Task Asking_uses_up_nothing_of_a_limit()
    {
        var tenant = await api.TenantAsync();
        await api.Application.ExecuteAsync("insert into sending_limits (organization_id, hourly) values ($1, 1)", tenant.Organization.Value);
        await using var application = WithDns();
        var client = ClientOf(application, tenant);

        for (var i = 0; i < 3; i++)
        {
            using var asked = await client.PostJsonAsync("/v1/mail/explain", tenant.Message());
            Assert.True((await asked.ReadAsync(200)).At("data", "wouldAccept").GetBoolean());
        }

        using var sent = await client.PostJsonAsync("/v1/mail/send", tenant.Message());
        await sent.ReadAsync(202);
    }

    [Fact]
    public async Task Asking_beyond_the_spend_cap_tells_nobody()
    {
        var tenant = await api.TenantAsync();
        await api.Application.ExecuteAsync(
            "update organizations set billing_enabled = true, has_payment_method = true, spend_cap_cents = 0 where id = $1", tenant.Organization.Value);
        await api.Application.ExecuteAsync(
            "insert into usage_counters (organization_id, period, slot, accepted) values ($1, to_char(now() at time zone 'UTC', 'YYYY-MM'), 99, 3000)",
            tenant.Organization.Value);
        await using var application = WithDns();

        using var asked = await ClientOf(application, tenant).PostJsonAsync("/v1/mail/explain", tenant.Message());

        Assert.Equal("spend_cap_reached", (await asked.ReadAsync(200)).Text("data", "refusal", "code"));
        Assert.Equal(0, await api.Application.QueryAsync<long>(
            "select count(*) from events where organization_id = $1 and type = 'mail.usage.spend_cap_reached'", tenant.Organization.Value));
    }

    [Fact]
    public async Task A_check_of_an_email_names_its_suppressed_recipients()
    {
        var tenant = await api.TenantAsync();
        using var suppression = await tenant.Client.PostJsonAsync("/v1/suppressions", new { email = "gone@recipient.test" });

        using var response = await tenant.Client.PostJsonAsync("/v1/emails/lint", tenant.Message(to: "gone@recipient.test"));

        Assert.Contains("recipient_suppressed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "mta_sts", null)]
    [InlineData("required", "mta_sts", null)]
    [InlineData("requiretls", "requiretls", null)]
    public async Task The_policy_of_the_recipients_domain_is_named(string? tls, string policy, string? refusal)
    {
        var tenant = await api.TenantAsync();
        await PublishAsync("safe.test", "mx.safe.test");
        await using var application = WithDns();

        using var response = await ClientOf(application, tenant).PostJsonAsync("/v1/mail/explain",
            new { from = tenant.Sender, to = "ann@safe.test", subject = "Hello", text = "Text", tls });

        var recipient = (await response.ReadAsync(200)).At("data", "recipients")[0];
        Assert.Equal((policy, null), (recipient.Text("tls"), recipient.Text("problem")));
        var host = Assert.Single(recipient.At("hosts").EnumerateArray());
        Assert.Equal((policy, refusal), (host.Text("tls"), host.Text("refusal")));
    }

    [Fact]
    public async Task Servers_that_fail_the_policy_of_the_recipients_domain_are_a_problem()
    {
        var tenant = await api.TenantAsync();
        await PublishAsync("unsafe.test", "elsewhere.test");
        await using var application = WithDns();

        using var response = await ClientOf(application, tenant).PostJsonAsync("/v1/mail/explain", tenant.Message(to: "ann@unsafe.test"));

        var recipient = (await response.ReadAsync(200)).At("data", "recipients")[0];
        Assert.StartsWith("nothing may be sent to mx.unsafe.test", recipient.Text("problem"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_senders_domain_needs_is_named()
    {
        var tenant = await api.TenantAsync();
        await api.Application.ExecuteAsync("update domains set tls = 'required' where organization_id = $1", tenant.Organization.Value);
        await using var application = WithDns();

        using var response = await ClientOf(application, tenant).PostJsonAsync("/v1/mail/explain", tenant.Message());

        Assert.Equal("required", (await response.ReadAsync(200)).At("data", "recipients")[0].Text("tls"));
    }

    private async Task PublishAsync(string domain, string mx) => await api.Application.ExecuteAsync(
        "insert into mta_sts_policies (domain, policy_id, policy, expires_at) values ($1, '1', $2, now() + interval '10 d') on conflict do nothing",
        domain, $"version: STSv1\r\nmode: enforce\r\nmx: {mx}\r\nmax_age: 864000\r\n");

    private WebApplicationFactory<Program> WithDns() => api.Application.WithWebHostBuilder(builder => builder.ConfigureTestServices(
        services => services.AddSingleton<IDnsResolver>(new FakeDnsResolver(
            new DnsZone().Mx("recipient.test", 10, "mx.recipient.test").A("mx.recipient.test", "192.0.2.7")
                .Mx("safe.test", 10, "mx.safe.test").A("mx.safe.test", "192.0.2.8").Txt("_mta-sts.safe.test", "v=STSv1; id=1;")
                .Mx("unsafe.test", 10, "mx.unsafe.test").A("mx.unsafe.test", "192.0.2.9").Txt("_mta-sts.unsafe.test", "v=STSv1; id=1;")))));

    private static HttpClient ClientOf(WebApplicationFactory<Program> application, Tenant tenant)
    {
        var client = application.CreateClient();
        client.DefaultRequestHeaders.Authorization = tenant.Client.DefaultRequestHeaders.Authorization;
        return client;
    }
}
