using Mail.Core.ApiKeys;
using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Features.Operator;

/// <summary>The operator's routes, with the token, without it, and where none is configured.</summary>
[Collection(ApiCollection.Name)]
public sealed class OperatorTests(ApiFixture api) : IAsyncLifetime
{
    private const string Token = "an operator's token of some length";

    private ApiApplication _application = null!;
    private HttpClient _operator = null!;

    public async Task InitializeAsync()
    {
        var blobs = await AzuriteServer.SharedAsync();
        _application = new ApiApplication(api.Database.ConnectionString, blobs.ConnectionString,
            settings: new Dictionary<string, string> { ["Mail:OperatorToken"] = Token });
        _operator = _application.ClientWith(Token);
    }

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Theory]
    [InlineData("/internal/queue")]
    [InlineData("/internal/organizations")]
    public async Task Only_the_token_opens_them(string path)
    {
        var tenant = await api.TenantAsync();
        var key = await tenant.KeyAsync([Scopes.FullAccess]);

        await _operator.GetJsonAsync(path);
        foreach (var other in new[] { key.Reveal(), Token + "x", Token[..^1], "" })
        {
            using var refused = await _application.ClientWith(other).GetAsync(path);
            Assert.Equal("Bearer", Assert.Single(refused.Headers.GetValues("WWW-Authenticate")));
            await refused.ReadAsync(401);
        }
        using var anonymous = await _application.CreateClient().GetAsync(path);
        await anonymous.ReadAsync(401);
        await api.Application.ClientWith(key.Reveal()).GetJsonAsync(path, 404);
        await api.Application.ClientWith("").GetJsonAsync(path, 404);
    }

    [Fact]
    public async Task The_token_is_no_api_key() => await _operator.GetJsonAsync("/v1/api-keys", 401);

    [Fact]
    public async Task A_suspended_organization_answers_403_until_it_is_resumed()
    {
        var tenant = await _application.TenantAsync();
        var id = tenant.Organization.ToString();

        using (var suspended = await _operator.PostAsync($"/internal/organizations/{id}/suspend", null))
        {
            var body = await suspended.ReadAsync(200);
            Assert.Equal(("suspended", id), (body.Text("status"), body.Text("id")));
        }
        Assert.Equal("organization_suspended", (await tenant.Client.GetJsonAsync("/v1/api-keys", 403)).Text("code"));
        using (var send = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message()))
            await send.ReadAsync(403);
        Assert.Equal(1L, await HoldsAsync(id));
        using (var resumed = await _operator.PostAsync($"/internal/organizations/{id}/resume", null))
            Assert.Equal("active", (await resumed.ReadAsync(200)).Text("status"));
        Assert.Equal(0L, await HoldsAsync(id));
        // A key that was not asked for while it was of no use.
        await _application.ClientWith((await tenant.KeyAsync([Scopes.FullAccess])).Reveal()).GetJsonAsync("/v1/api-keys");
    }

    private Task<long> HoldsAsync(string organization) =>
        _application.QueryAsync<long>("select count(*) from delivery_holds where scope = 'organization' and name = $1", organization);

    [Fact]
    public async Task Organizations_are_listed_in_pages_and_read_one_by_one()
    {
        var tenant = await _application.TenantAsync();
        await _application.TenantAsync();

        var first = await _operator.GetJsonAsync("/internal/organizations?limit=1");
        var second = await _operator.GetJsonAsync($"/internal/organizations?limit=1&cursor={first.Text("nextCursor")}");
        var read = await _operator.GetJsonAsync($"/internal/organizations/{tenant.Organization}");

        Assert.True(first.At("hasMore").GetBoolean());
        Assert.NotEqual(first.At("data")[0].Text("id"), second.At("data")[0].Text("id"));
        Assert.Equal(("active", 1), (read.Text("status"), read.At("activeKeys").GetInt32()));
        await _operator.GetJsonAsync("/internal/organizations/org_00000000000000000000000000", 404);
        using var missing = await _operator.PostAsync("/internal/organizations/nothing/suspend", null);
        await missing.ReadAsync(404);
        Assert.Equal(["?limit out_of_range"], (await _operator.GetJsonAsync("/internal/organizations?limit=1000", 400)).FieldErrors());
    }

    [Fact]
    public async Task The_queue_is_counted_for_the_operator()
    {
        var tenant = await _application.TenantAsync();
        await tenant.SendAsync();

        var queue = await _operator.GetJsonAsync("/internal/queue?limit=1000");

        var mine = Assert.Single(queue.At("groups").EnumerateArray(), group => group.Text("organizationId") == tenant.Organization.ToString());
        Assert.Equal(("queued", "recipient.test", 1), (mine.Text("state"), mine.Text("domain"), mine.At("items").GetInt32()));
        Assert.NotEqual(System.Text.Json.JsonValueKind.Null, queue.At("oldestDueSeconds").ValueKind);
        await _operator.GetJsonAsync("/internal/queue?limit=0", 400);
    }

    [Fact]
    public async Task Health_tells_detail_to_the_operator_only()
    {
        var detail = await _operator.GetJsonAsync("/health");
        using var anonymous = await _application.CreateClient().GetAsync("/health");
        using var guessed = await _application.ClientWith("guessed").GetAsync("/health");

        // Redis is away in these tests: that degrades and does not stop.
        Assert.Equal("Degraded", detail.Text("status"));
        foreach (var (check, status) in new[]
                 {
                     ("postgres_maildb", "Healthy"), ("migrations", "Healthy"), ("blobs_blobs", "Healthy"), ("redis_redis", "Degraded"),
                 })
        {
            Assert.True(detail.At("checks").TryGetProperty(check, out var entry), $"{check} is missing in {detail.GetRawText()}");
            Assert.Equal(status, entry.Text("status"));
        }
        Assert.True(detail.At("checks", "queue", "data").TryGetProperty("oldestDueSeconds", out _));
        Assert.Equal(("Degraded", "Degraded"), (await anonymous.Content.ReadAsStringAsync(), await guessed.Content.ReadAsStringAsync()));
    }
}
