using System.Text.Json;
using Mail.Core.Limits;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Limits;

[Collection(ApiCollection.Name)]
public sealed class LimitsTests(ApiFixture api)
{
    private const string Limits = "/v1/mail/limits";

    [Fact]
    public async Task What_was_never_limited_is_used_and_unlimited()
    {
        var tenant = await api.TenantAsync();
        await tenant.SendAsync();

        var limits = (await tenant.Client.GetJsonAsync(Limits)).At("data");

        Assert.Equal(
            """{"tier":"standard","hourlyUsed":1,"hourlyLimit":null,"dailyUsed":1,"dailyLimit":null,"perSecondLimit":null,"warmup":{"enabled":false,"stage":null,"stageCount":null,"dailyCap":null,"startedAt":null,"nextStageAt":null},"review":{"state":"none","reason":null,"requestedAt":null}}""",
            limits.GetRawText());
    }

    [Fact]
    public async Task Beyond_an_hourly_limit_there_is_a_time_to_wait()
    {
        var tenant = await api.TenantAsync();
        await SetAsync(tenant, new SendingLimits("small", null, 2, 100, false));
        await tenant.SendAsync();
        await tenant.SendAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());
        var limits = (await tenant.Client.GetJsonAsync(Limits)).At("data");

        Assert.Equal("quota_exceeded", (await response.ReadAsync(429)).Text("code"));
        Assert.InRange(int.Parse(response.Headers.GetValues("Retry-After").Single()), 1, 3600);
        Assert.Equal(("small", 2, 2, 100), (limits.Text("tier"), limits.At("hourlyUsed").GetInt32(), limits.At("hourlyLimit").GetInt32(), limits.At("dailyLimit").GetInt32()));
    }

    [Fact]
    public async Task A_day_is_that_of_the_database()
    {
        var tenant = await api.TenantAsync();
        await SetAsync(tenant, new SendingLimits(null, null, null, 10, false));
        await UsedAsync(tenant, "date_trunc('day', now(), 'UTC') - interval '1 hour'", 1000);
        await UsedAsync(tenant, "date_trunc('day', now(), 'UTC')", 9);
        await tenant.SendAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/emails", tenant.Message());

        Assert.Contains("10 recipients a day", (await response.ReadAsync(429)).Text("detail"), StringComparison.Ordinal);
        Assert.InRange(int.Parse(response.Headers.GetValues("Retry-After").Single()), 1, 86400);
    }

    [Fact]
    public async Task A_second_lets_through_its_share()
    {
        var tenant = await api.TenantAsync();
        await SetAsync(tenant, new SendingLimits(null, 5, null, null, false));

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message())));
        var refused = answers.First(answer => (int)answer.StatusCode == 429);

        Assert.InRange(answers.Count(answer => (int)answer.StatusCode == 202), 5, 55);
        Assert.Equal("1", refused.Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData(0, 1, 50)]
    [InlineData(3, 4, 400)]
    public async Task A_warm_up_grows_by_the_day(int age, int stage, int cap)
    {
        var tenant = await api.TenantAsync();
        await SetAsync(tenant, new SendingLimits(null, null, null, null, true));
        await api.Application.ExecuteAsync(
            $"update sending_limits set warmup_started_at = now() - interval '{age} days' where organization_id = $1", tenant.Organization.Value);
        await UsedAsync(tenant, "date_trunc('day', now(), 'UTC')", cap - 1);
        await tenant.SendAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());
        var warmUp = (await tenant.Client.GetJsonAsync(Limits)).At("data", "warmup");

        Assert.Contains("warm-up", (await response.ReadAsync(429)).Text("detail"), StringComparison.Ordinal);
        Assert.Equal((true, stage, 14, cap), (warmUp.At("enabled").GetBoolean(), warmUp.At("stage").GetInt32(), warmUp.At("stageCount").GetInt32(), warmUp.At("dailyCap").GetInt32()));
        Assert.Equal(TimeSpan.FromDays(stage), warmUp.At("nextStageAt").GetDateTimeOffset() - warmUp.At("startedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_warm_up_ends()
    {
        var tenant = await api.TenantAsync();
        await SetAsync(tenant, new SendingLimits(null, null, null, null, true));
        await api.Application.ExecuteAsync("update sending_limits set warmup_started_at = now() - interval '14 days' where organization_id = $1", tenant.Organization.Value);

        Assert.False((await tenant.Client.GetJsonAsync(Limits)).At("data", "warmup", "enabled").GetBoolean());
    }

    [Fact]
    public async Task A_review_is_asked_for_once_and_decided_by_the_operator()
    {
        var tenant = await api.TenantAsync();

        using var asked = await tenant.Client.PostJsonAsync($"{Limits}/review", new { reason = "We cleaned our list." });
        using var again = await tenant.Client.PostAsync($"{Limits}/review", null);
        Assert.True(await Store.DecideReviewAsync(tenant.Organization, approved: false, "Not clean yet.", default));
        var review = (await tenant.Client.GetJsonAsync(Limits)).At("data", "review");
        using var wrong = await tenant.Client.PostJsonAsync($"{Limits}/review", new { reason = "a\r\nb", reasons = 1 });

        Assert.Equal(("pending", "We cleaned our list."), ReviewOf((await asked.ReadAsync(200)).At("data", "review")));
        Assert.Equal("conflict", (await again.ReadAsync(409)).Text("code"));
        Assert.Equal(("rejected", "Not clean yet."), ReviewOf(review));
        Assert.Equal(["/reason invalid_characters", "/reasons unknown_field"], (await wrong.ReadAsync(400)).FieldErrors());
    }

    private LimitStore Store => api.Application.Services.GetRequiredService<LimitStore>();

    private static (string, string) ReviewOf(JsonElement review) => (review.Text("state"), review.Text("reason"));

    private Task SetAsync(Tenant tenant, SendingLimits limits) => Store.SetAsync(tenant.Organization, limits, default);

    private Task UsedAsync(Tenant tenant, string hour, long accepted) => api.Application.ExecuteAsync(
        $"insert into sending_hours (organization_id, hour, domain_id, slot, accepted) values ($1, {hour}, $1, 99, $2)", tenant.Organization.Value, accepted);
}
