using Mail.Core.Limits;
using Mail.Core.Reputation;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Reputation;

[Collection(ApiCollection.Name)]
public sealed class ReputationTests(ApiFixture api)
{
    [Fact]
    public async Task Who_never_sent_is_healthy()
    {
        var tenant = await api.TenantAsync();

        var reputation = (await tenant.Client.GetJsonAsync("/v1/mail/reputation")).At("data");

        Assert.Equal("""{"workspace":{"score":100,"status":"healthy","bounceRate":0,"complaintRate":0,"window":"168h","sent":0},"domains":[]}""", reputation.GetRawText());
    }

    [Fact]
    public async Task Bounces_make_a_reputation_that_is_told_and_throttles()
    {
        var tenant = await api.TenantAsync();
        await CountAsync(tenant, "now()", sent: 200, hardBounced: 10);
        await RollUpAsync();
        await RollUpAsync();

        var reputation = (await tenant.Client.GetJsonAsync("/v1/mail/reputation")).At("data");
        var changes = (await tenant.Client.GetJsonAsync("/v1/mail/reputation/events?severity=critical")).At("data").EnumerateArray().ToList();
        var told = (await tenant.Client.GetJsonAsync("/v1/mail/events?type=mail.reputation.changed")).At("data");
        var limits = (await tenant.Client.GetJsonAsync("/v1/mail/limits")).At("data");

        Assert.Equal(("throttled", 50, 0.05), (reputation.Text("workspace", "status"), reputation.At("workspace", "score").GetInt32(), reputation.At("workspace", "bounceRate").GetDouble()));
        Assert.Equal((tenant.Domain, "throttled"), (reputation.At("domains")[0].Text("domain"), reputation.At("domains")[0].Text("status")));
        Assert.Equal(2, changes.Count);
        Assert.All(changes, change => Assert.Equal(("healthy", "throttled"), (change.Text("previous"), change.Text("status"))));
        Assert.Equal(2, told.GetArrayLength());
        Assert.Equal(100, limits.At("hourlyLimit").GetInt32());
    }

    [Fact]
    public async Task A_throttled_sender_has_a_tenth()
    {
        var tenant = await api.TenantAsync();
        await api.Application.Services.GetRequiredService<LimitStore>().SetAsync(tenant.Organization, new SendingLimits(null, null, 20, 1000, false), default);
        await CountAsync(tenant, "now()", sent: 1000, complained: 3);
        await RollUpAsync();
        await tenant.SendAsync();
        await tenant.SendAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());
        var limits = (await tenant.Client.GetJsonAsync("/v1/mail/limits")).At("data");

        Assert.Equal("quota_exceeded", (await response.ReadAsync(429)).Text("code"));
        Assert.Equal((2, 100), (limits.At("hourlyLimit").GetInt32(), limits.At("dailyLimit").GetInt32()));
    }

    [Fact]
    public async Task A_stopped_sender_waits_for_a_review_and_then_begins_anew()
    {
        var tenant = await api.TenantAsync();
        await CountAsync(tenant, "now()", sent: 100, hardBounced: 10);
        await RollUpAsync();

        using var stopped = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());
        var review = (await tenant.Client.GetJsonAsync("/v1/mail/limits")).At("data", "review");
        // Nothing is sent, so nothing bounces: that alone must not let it go on.
        await api.Application.ExecuteAsync("delete from sending_hours where organization_id = $1", tenant.Organization.Value);
        await RollUpAsync();
        Assert.Equal("disabled", (await tenant.Client.GetJsonAsync("/v1/mail/reputation")).Text("data", "workspace", "status"));
        await api.Application.Services.GetRequiredService<LimitStore>().DecideReviewAsync(tenant.Organization, approved: true, null, default);
        await RollUpAsync();
        api.Application.Services.GetRequiredService<SendingGate>().Forget(tenant.Organization);
        await tenant.SendAsync();

        Assert.Equal("sending_paused", (await stopped.ReadAsync(429)).Text("code"));
        Assert.True(stopped.Headers.Contains("Retry-After"));
        Assert.Equal("pending", review.Text("state"));
        Assert.Equal("healthy", (await tenant.Client.GetJsonAsync("/v1/mail/reputation")).Text("data", "workspace", "status"));
    }

    [Fact]
    public async Task A_domain_can_be_stopped_alone()
    {
        var tenant = await api.TenantAsync();
        await tenant.AddDomainAsync("other." + tenant.Domain, "verified");
        await CountAsync(tenant, "now()", sent: 100, hardBounced: 10);
        await api.Application.ExecuteAsync(
            """
            insert into sending_hours (organization_id, hour, domain_id, slot, sent)
            select organization_id, date_trunc('hour', now(), 'UTC'), id, 98, 10000 from domains where organization_id = $1 and name = $2
            """, tenant.Organization.Value, "other." + tenant.Domain);
        await RollUpAsync();

        using var stopped = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());
        using var other = await tenant.Client.PostJsonAsync("/v1/mail/send",
            new { from = $"hello@other.{tenant.Domain}", to = "ada@recipient.test", subject = "Hello", text = "Hi." });

        Assert.Contains(tenant.Domain, (await stopped.ReadAsync(429)).Text("detail"), StringComparison.Ordinal);
        Assert.Equal(202, (int)other.StatusCode);
    }

    [Fact]
    public async Task What_is_old_or_little_is_not_judged()
    {
        var tenant = await api.TenantAsync();
        await CountAsync(tenant, "now() - interval '8 days'", sent: 1000, hardBounced: 1000);
        await CountAsync(tenant, "now()", sent: 99, hardBounced: 99);
        await RollUpAsync();

        Assert.Equal("healthy", (await tenant.Client.GetJsonAsync("/v1/mail/reputation")).Text("data", "workspace", "status"));
        Assert.Empty((await tenant.Client.GetJsonAsync("/v1/mail/reputation/events")).At("data").EnumerateArray());
        Assert.Equal(["?cursor invalid_value", "?limit out_of_range", "?severity invalid_value"],
            (await tenant.Client.GetJsonAsync("/v1/mail/reputation/events?severity=bad&cursor=x&limit=x", 400)).FieldErrors());
    }

    private Task CountAsync(Tenant tenant, string at, long sent, long hardBounced = 0, long complained = 0) => api.Application.ExecuteAsync(
        $"""
        insert into sending_hours (organization_id, hour, domain_id, slot, sent, hard_bounced, complained)
        select organization_id, date_trunc('hour', {at}, 'UTC'), id, 99, $3, $4, $5 from domains where organization_id = $1 and name = $2
        """, tenant.Organization.Value, tenant.Domain, sent, hardBounced, complained);

    private Task<int> RollUpAsync() => api.Application.Services.GetRequiredService<ReputationRollUpStore>().RunAsync(default);
}
