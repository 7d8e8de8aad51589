using Mail.Api.Tests.Features.Assets;
using Mail.Core.ApiKeys;
using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Features.Messages;

/// <summary>A request that was accepted answers the same when it is repeated, whatever would be refused by then.</summary>
[Collection(ApiCollection.Name)]
public sealed class ReplayAfterRefusalTests(ApiFixture api) : IAsyncLifetime
{
    private const string Mail = "/v1/mail/send";
    private ApiApplication _other = null!;

    // The repetition comes to another process, which remembers nothing of the first request.
    public async Task InitializeAsync() => _other = new ApiApplication(
        api.Database.ConnectionString, (await AzuriteServer.SharedAsync()).ConnectionString,
        settings: new Dictionary<string, string> { ["Mail:Assets:MaxAttachedBytes"] = "100" });

    public async Task DisposeAsync() => await _other.DisposeAsync();

    [Theory]
    [InlineData("domain_not_verified", "update domains set status = 'failed' where organization_id = $1")]
    [InlineData("payment_required",
        "with used as (insert into usage_counters (organization_id, period, slot, accepted) values ($1, to_char(now() at time zone 'UTC', 'YYYY-MM'), 99, 5000)) update organizations set billing_enabled = true where id = $1")]
    [InlineData("spend_cap_reached",
        "with used as (insert into usage_counters (organization_id, period, slot, accepted) values ($1, to_char(now() at time zone 'UTC', 'YYYY-MM'), 99, 5000)) update organizations set billing_enabled = true, has_payment_method = true, spend_cap_cents = 1 where id = $1")]
    [InlineData("quota_exceeded", "insert into sending_limits (organization_id, hourly) values ($1, 1)")]
    [InlineData("sending_paused",
        "insert into reputation (organization_id, domain_id, status, score, sent, hard_bounced, complained) values ($1, '00000000-0000-0000-0000-000000000000', 'disabled', 0, 1000, 500, 0)")]
    public async Task What_the_sender_may_not_do_any_more(string code, string change)
    {
        var tenant = await api.TenantAsync();
        await AssertReplayedAsync(tenant, Mail, tenant.Message(), code, () => api.Application.ExecuteAsync(change, tenant.Organization.Value));
    }

    [Fact]
    public async Task A_recipient_that_is_suppressed_by_then()
    {
        var tenant = await api.TenantAsync();
        await AssertReplayedAsync(tenant, "/v1/emails", tenant.Message(), "recipient_suppressed", async () =>
        {
            using var added = await tenant.Client.PostJsonAsync("/v1/mail/suppressions", new { email = "ada@recipient.test" });
            await added.ReadAsync(201);
        });
    }

    [Theory]
    [InlineData("not_found")]
    [InlineData("missing_variables")]
    public async Task A_template_that_is_gone_or_another_one(string code)
    {
        var tenant = await api.TenantAsync();
        using (var made = await tenant.Client.PostJsonAsync("/v1/mail/templates", new { name = "Weekly", slug = "weekly", subject = "Hello", html = "<p>Hello</p>" }))
            await made.ReadAsync(201);
        var body = new { template = "weekly", from = tenant.Sender, to = "ada@recipient.test", data = new { } };
        await AssertReplayedAsync(tenant, "/v1/mail/send-template", body, code, async () =>
        {
            using var changed = code == "not_found"
                ? await tenant.Client.DeleteAsync("/v1/mail/templates/weekly")
                : await tenant.Client.PostJsonAsync("/v1/mail/templates/weekly/versions", new { html = "<p>Hello {{name}}</p>", activate = true });
            Assert.True(changed.IsSuccessStatusCode);
        });
    }

    [Fact]
    public async Task An_asset_that_is_gone()
    {
        var tenant = await api.TenantAsync();
        var asset = await tenant.Client.UploadedAsync([1, 2, 3]);
        var body = new
        {
            from = tenant.Sender, to = "ada@recipient.test", subject = "s", text = "t", attachments = new[] { new { filename = "a", assetId = asset.Text("id") } },
        };
        await AssertReplayedAsync(tenant, Mail, body, "validation_error",
            () => api.Application.ExecuteAsync("delete from assets where organization_id = $1", tenant.Organization.Value));
    }

    [Fact]
    public async Task Attachments_that_are_too_large_by_then()
    {
        var tenant = await api.TenantAsync();
        var body = new
        {
            from = tenant.Sender, to = "ada@recipient.test", subject = "s", text = "t",
            attachments = new[] { new { filename = "a", content = Convert.ToBase64String(new byte[101]) } },
        };
        await AssertReplayedAsync(tenant, Mail, body, "payload_too_large", () => Task.CompletedTask);
    }

    [Fact]
    public async Task A_key_that_may_not_send_from_the_domain_learns_nothing()
    {
        var tenant = await api.TenantAsync();
        using var first = await tenant.Client.PostJsonAsync(Mail, tenant.Message(), "key-1");
        await first.ReadAsync(202);
        var key = await tenant.KeyAsync([Scopes.FullAccess]);
        await api.Application.ExecuteAsync("update api_keys set domain_restriction = $2 where prefix = $1", key.Prefix, $"other.{tenant.Domain}");

        using var restricted = await _other.ClientWith(key.Reveal()).PostJsonAsync(Mail, tenant.Message(), "key-1");

        Assert.Equal("forbidden", (await restricted.ReadAsync(403)).Text("code"));
    }

    private async Task AssertReplayedAsync(Tenant tenant, string path, object body, string code, Func<Task> change)
    {
        var later = _other.ClientWith((await tenant.KeyAsync([Scopes.FullAccess])).Reveal());
        using var first = await tenant.Client.PostJsonAsync(path, body, "key-1");
        var created = await first.ReadAsync(202);

        await change();

        using (var refused = await later.PostJsonAsync(path, body))
            Assert.Equal(code, (await refused.ReadAsync((int)refused.StatusCode)).Text("code"));
        using var repeated = await later.PostJsonAsync(path, body, "key-1");
        var replayed = await repeated.ReadAsync(202);
        Assert.Equal(IdOf(created), IdOf(replayed));
        Assert.Equal("true", Assert.Single(repeated.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(1, await api.Application.QueryAsync<long>("select count(*) from messages where organization_id = $1", tenant.Organization.Value));
    }

    private static string IdOf(System.Text.Json.JsonElement answer) => answer.TryGetProperty("data", out var data) ? data.Text("id") : answer.Text("id");
}
