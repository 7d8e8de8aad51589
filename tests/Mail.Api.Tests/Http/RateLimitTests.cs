using System.Diagnostics;
using System.Globalization;
using Mail.Core.ApiKeys;
using Mail.Core.RateLimits;
using Mail.TestKit;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Http;

[Collection(ApiCollection.Name)]
public sealed class RateLimitTests(ApiFixture api)
{
    [Theory]
    [InlineData("/v1/api-keys", "read", 250)]
    [InlineData("/v1/mail/messages/nothing", "read", 250)]
    public async Task Limited_routes_say_where_the_caller_stands(string path, string policy, int limit)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.GetAsync(path);

        Assert.Equal($"\"{policy}\";q={limit};w=1", Header(response, "RateLimit-Policy"));
        Assert.Equal($"\"{policy}\";r={limit - 1};t=1", Header(response, "RateLimit"));
        Assert.Equal((limit.ToString(), (limit - 1).ToString(), "1"),
            (Header(response, "ratelimit-limit"), Header(response, "ratelimit-remaining"), Header(response, "ratelimit-reset")));
    }

    [Fact]
    public async Task Sending_writing_and_reading_are_counted_apart()
    {
        var tenant = await api.TenantAsync();

        using var sent = await tenant.Client.PostJsonAsync("/v1/emails", tenant.Message());
        using var invalid = await tenant.Client.PostTextAsync("/v1/mail/send", "{}");
        using var written = await tenant.Client.DeleteAsync("/v1/dev/inbox");

        Assert.Equal("\"send\";r=999;t=1", Header(sent, "RateLimit"));
        Assert.StartsWith("\"send\";r=99", Header(invalid, "RateLimit"), StringComparison.Ordinal);
        Assert.StartsWith("\"write\";q=100", Header(written, "RateLimit-Policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_requests_are_429_before_the_body_is_read()
    {
        var tenant = await api.TenantAsync();
        await LimitAsync(api.Application, tenant, perSecond: 1);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => tenant.Client.PostTextAsync("/v1/mail/send", "no JSON")));

        Assert.All(answers, answer => Assert.Contains((int)answer.StatusCode, new[] { 400, 429 }));
        var refused = answers.First(answer => (int)answer.StatusCode == 429);
        Assert.Equal("rate_limited", (await refused.ReadAsync(429)).Text("code"));
        Assert.Equal("1", Header(refused, "Retry-After"));
        Assert.Equal("0", Header(refused, "ratelimit-remaining"));
        Assert.Equal("\"send\";q=1;w=1", Header(refused, "RateLimit-Policy"));
        await tenant.Client.GetJsonAsync("/v1/api-keys");
    }

    [Fact]
    public async Task Keys_of_one_organization_share_its_limit_and_not_their_own()
    {
        var tenant = await api.TenantAsync();
        await api.Application.Services.GetRequiredService<RateLimitStore>().SetAsync(
            tenant.Organization, new RateLimitOverride(RatePolicy.Read, 100, 2), CancellationToken.None);
        using var other = await tenant.WithKeyAsync([Scopes.FullAccess]);

        using var first = await tenant.Client.GetAsync("/v1/api-keys");
        using var second = await other.GetAsync("/v1/api-keys");

        Assert.Equal(("\"read\";r=1;t=1", "\"read\";r=1;t=1"), (Header(first, "RateLimit"), Header(second, "RateLimit")));
    }

    [Fact]
    public async Task Replicas_count_together_through_redis()
    {
        var redis = await RedisServer.SharedAsync();
        var blobs = await AzuriteServer.SharedAsync();
        var slow = new Dictionary<string, string>
        {
            ["Mail:RateLimits:ReadPerSecond"] = "1", ["Mail:RateLimits:ReadPerSecondPerKey"] = "1", ["Mail:RateLimits:Burst"] = "00:01:00",
        };
        // Their clocks stand still: who waits for Redis does so for as long as it takes, instead of counting alone.
        await using var one = new ApiApplication(api.Database.ConnectionString, blobs.ConnectionString, redis.ConnectionString, slow, new ManualTime());
        await using var two = new ApiApplication(api.Database.ConnectionString, blobs.ConnectionString, redis.ConnectionString, slow, new ManualTime());
        var tenant = await one.TenantAsync();
        var key = (await tenant.KeyAsync([Scopes.FullAccess])).Reveal();

        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 30; i++)
            (await one.ClientWith(key).GetAsync("/v1/mail/messages/nothing")).Dispose();
        using var there = await two.ClientWith(key).GetAsync("/v1/mail/messages/nothing");

        Assert.Equal("60", Header(there, "ratelimit-limit"));
        Assert.InRange(int.Parse(Header(there, "ratelimit-remaining"), CultureInfo.InvariantCulture), 29, 30 + (int)Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    [Fact]
    public async Task Routes_that_ask_for_no_key_have_no_limit()
    {
        using var client = api.Application.CreateClient();

        using var response = await client.GetAsync("/errors/rate_limited");

        Assert.False(response.Headers.Contains("RateLimit"));
    }

    private static Task LimitAsync(ApiApplication application, Tenant tenant, int perSecond) => Task.WhenAll(Enum.GetValues<RatePolicy>()
        .Where(policy => policy == RatePolicy.Send || perSecond > 1)
        .Select(policy => application.Services.GetRequiredService<RateLimitStore>().SetAsync(
            tenant.Organization, new RateLimitOverride(policy, perSecond, perSecond), CancellationToken.None)));

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));
}
