using System.Net.Http.Json;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;
using Mail.TestKit.Servers;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Delivery;

/// <summary>The operator's verbs on the queue, over HTTP. No worker runs: what is queued stays queued.</summary>
[Collection(ApiCollection.Name)]
public sealed class DeliveryOperationsTests(ApiFixture api) : IAsyncLifetime
{
    private const string Token = "an operator's token of some length";

    private ApiApplication _application = null!;
    private HttpClient _operator = null!;
    private Tenant _tenant = null!;
    private string _domain = null!;

    public async Task InitializeAsync()
    {
        var blobs = await AzuriteServer.SharedAsync();
        _application = new ApiApplication(api.Database.ConnectionString, blobs.ConnectionString,
            settings: new Dictionary<string, string> { ["Mail:OperatorToken"] = Token, ["Mail:Delivery:Mode"] = "direct" });
        _operator = _application.ClientWith(Token);
        _tenant = await _application.TenantAsync();
        _domain = $"to-{_tenant.Domain}";
    }

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task The_queue_is_shown_by_destination_with_the_reason_why_it_waits()
    {
        await SendAsync(3);
        await _application.ExecuteAsync("insert into delivery_destinations (domain, destination, provider) values ($1, $2, 'other')", _domain, $"mx.{_domain}");
        await SuspendAsync("destination", $"mx.{_domain}", "blocklisted there");

        var queue = await _operator.GetJsonAsync("/internal/delivery/queue?limit=1000");

        var mine = queue.At("destinations").EnumerateArray().Single(item => item.Text("destination") == $"mx.{_domain}");
        Assert.Equal((3, 3, "blocklisted there"), (mine.At("items").GetInt32(), mine.At("ready").GetInt32(), mine.Text("reason")));
        Assert.Contains(queue.At("holds").EnumerateArray(), hold => hold.Text("name") == $"mx.{_domain}" && !hold.At("automatic").GetBoolean());
    }

    [Fact]
    public async Task A_hold_is_placed_with_an_end_and_lifted_once()
    {
        var placed = await SuspendAsync("domain", _domain, "checking", "10m");
        Assert.Equal(1, placed);

        using var lifted = await _operator.PostJsonAsync("/internal/delivery/resume", new { scope = "domain", name = _domain });
        await lifted.ReadAsync(200);
        using var again = await _operator.PostJsonAsync("/internal/delivery/resume", new { scope = "domain", name = _domain });
        await again.ReadAsync(404);
    }

    [Fact]
    public async Task What_is_held_or_slowed_down_says_why_and_until_when()
    {
        var id = (await SendAsync(1))[0];
        async Task<(string?, bool)> AskAsync()
        {
            var item = (await _operator.GetJsonAsync($"/internal/delivery/messages/{id}")).At("queue")[0];
            return (item.Text("reason"), item.TryGetProperty("until", out var until) && until.ValueKind == System.Text.Json.JsonValueKind.String);
        }
        Assert.Equal(("it waits for its turn", false), await AskAsync());

        using var slowed = await _operator.PostJsonAsync(
            "/internal/delivery/suspend", new { scope = "domain", name = _domain, reason = "too many complaints there", @for = "10m", speed = 0.25 });
        Assert.Contains("\"speed\":0.25", (await slowed.ReadAsync(200)).GetRawText());
        Assert.Equal(("too many complaints there", true), await AskAsync());

        await SuspendAsync("domain", _domain, "checking", "10m");
        Assert.Equal(("checking", true), await AskAsync());
    }

    [Fact]
    public async Task Waiting_items_are_ended_by_filter_with_the_reason()
    {
        var ids = await SendAsync(2);
        var kept = await SendAsync(1, $"other-{_domain}");

        using var ended = await _operator.PostJsonAsync("/internal/delivery/bounce", new { domain = _domain, reason = "the domain is gone" });

        Assert.Equal(2, (await ended.ReadAsync(200)).At("items").GetInt32());
        foreach (var id in ids)
        {
            var message = await _tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}");
            Assert.Equal(("failed", "the domain is gone"), (message.Text("data", "status"), message.At("data", "recipients")[0].Text("reply")));
        }
        Assert.Equal("queued", (await _tenant.Client.GetJsonAsync($"/v1/mail/messages/{kept[0]}")).Text("data", "status"));
    }

    [Fact]
    public async Task Waiting_items_are_made_ready_by_filter()
    {
        var id = (await SendAsync(1))[0];
        await _application.ExecuteAsync(
            "update delivery_queue set ready = false, due_at = now() + interval '1 hour', wait_reason = 'because' where domain = $1", _domain);

        var before = await _operator.GetJsonAsync($"/internal/delivery/messages/{id}");
        using var requeued = await _operator.PostJsonAsync("/internal/delivery/requeue", new { organizationId = _tenant.Organization.ToString() });
        var after = await _operator.GetJsonAsync($"/internal/delivery/messages/{id}");

        Assert.Equal(("waiting", "because"), (before.At("queue")[0].Text("state"), before.At("queue")[0].Text("reason")));
        Assert.Equal(1, (await requeued.ReadAsync(200)).At("items").GetInt32());
        Assert.Equal("ready", after.At("queue")[0].Text("state"));
        Assert.Equal(_tenant.Organization.ToString(), after.Text("organizationId"));
    }

    [Theory]
    [InlineData("suspend", """{"scope":"everything","name":"x","reason":"y"}""", "/scope")]
    [InlineData("suspend", """{"scope":"domain","name":"no domain","reason":"y"}""", "/name")]
    [InlineData("suspend", """{"scope":"organization","name":"org_x","reason":"y"}""", "/name")]
    [InlineData("suspend", """{"scope":"domain","name":"a.test"}""", "/reason")]
    [InlineData("suspend", """{"scope":"domain","name":"a.test","reason":"a\r\nb"}""", "/reason")]
    [InlineData("suspend", """{"scope":"domain","name":"a.test","reason":"y","speed":1}""", "/speed")]
    [InlineData("suspend", """{"scope":"source","name":"out1","reason":"y","speed":0.5}""", "/speed")]
    [InlineData("bounce", """{"reason":"y"}""", "/domain")]
    [InlineData("bounce", """{"domain":"a.test"}""", "/reason")]
    [InlineData("requeue", """{"messageId":"msg_x"}""", "/messageId")]
    [InlineData("requeue", """{"domian":"a.test"}""", "/domian")]
    public async Task What_is_wrong_with_a_body_is_named(string verb, string body, string path)
    {
        using var response = await _operator.PostTextAsync($"/internal/delivery/{verb}", body);
        var problem = await response.ReadAsync(400);
        Assert.Contains(problem.At("errors").EnumerateArray(), error => error.Text("path") == path);
    }

    [Fact]
    public async Task Routes_and_sources_are_saved_shown_without_passwords_and_deleted()
    {
        var relay = new { domain = _domain, relay = "relay.test:587", tls = "verified", user = "me", password = "secret words", pool = "slow" };
        using var saved = await _operator.PutAsJsonAsync("/internal/delivery/routes", relay);
        var text = (await saved.ReadAsync(200)).GetRawText();
        Assert.DoesNotContain("secret words", text, StringComparison.Ordinal);
        Assert.Contains("\"hasPassword\":true", text, StringComparison.Ordinal);
        using var plain = await _operator.PutAsJsonAsync("/internal/delivery/routes", new { domain = _domain, relay = "a:1", tls = "disabled", user = "me", password = "x" });
        Assert.Contains("/tls", (await plain.ReadAsync(400)).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(204, (int)(await _operator.DeleteAsync($"/internal/delivery/routes?domain={_domain}")).StatusCode);
        Assert.Equal(404, (int)(await _operator.DeleteAsync($"/internal/delivery/routes?domain={_domain}")).StatusCode);

        using var source = await _operator.PutAsJsonAsync($"/internal/delivery/sources/{_domain}",
            new { pool = "slow", address = "192.0.2.1", ehloName = "out1.mail.test", weight = 3, warmupDay = 2 });
        Assert.Equal("slow", (await source.ReadAsync(200)).Text("pool"));
        var listed = (await _operator.GetJsonAsync("/internal/delivery/sources")).EnumerateArray().Single(item => item.Text("name") == _domain);
        Assert.Equal(("192.0.2.1", 2), (listed.Text("address"), listed.At("warmupDay").GetInt32()));
        using var bad = await _operator.PutAsJsonAsync($"/internal/delivery/sources/{_domain}", new { ehloName = "a b", address = "x", weight = 0 });
        Assert.Equal(3, (await bad.ReadAsync(400)).At("errors").GetArrayLength());
        Assert.Equal(204, (int)(await _operator.DeleteAsync($"/internal/delivery/sources/{_domain}")).StatusCode);
    }

    [Fact]
    public async Task Explain_tells_hosts_holds_and_the_next_attempt()
    {
        await using var application = WithDns(new DnsZone().Mx(_domain, 10, $"mx.{_domain}").A($"mx.{_domain}", "192.0.2.7"));
        var client = application.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        await SuspendAsync("domain", _domain, "checking");

        var explained = await client.GetJsonAsync($"/internal/delivery/explain?recipient=ann@{_domain}");

        Assert.Equal(("mx", "opportunistic"), (explained.Text("route"), explained.Text("tls")));
        Assert.Equal("192.0.2.7", explained.At("hosts")[0].At("addresses")[0].GetString());
        Assert.Equal("checking", explained.At("holds")[0].Text("reason"));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, explained.At("estimatedFirstAttempt").ValueKind);
        await client.GetJsonAsync("/internal/delivery/explain?recipient=nobody", 400);
    }

    [Fact]
    public async Task Explain_of_a_send_tells_what_would_happen_and_stores_nothing()
    {
        await using var application = WithDns(new DnsZone().Mx(_domain, 10, $"mx.{_domain}").A($"mx.{_domain}", "192.0.2.7").NullMx($"null-{_domain}"));
        var client = application.CreateClient();
        client.DefaultRequestHeaders.Authorization = _tenant.Client.DefaultRequestHeaders.Authorization;
        var messages = await _application.QueryAsync<long>("select count(*) from messages where organization_id = $1", _tenant.Organization.Value);

        using var response = await client.PostJsonAsync("/v1/mail/explain",
            new { from = _tenant.Sender, to = new[] { $"ann@{_domain}", $"bob@null-{_domain}" }, subject = "Hello", text = "Text" });

        var data = (await response.ReadAsync(200)).At("data");
        Assert.True(data.At("wouldAccept").GetBoolean());
        Assert.Equal(("mx", "none"), (data.At("recipients")[0].Text("route"), data.At("recipients")[1].Text("route")));
        Assert.Equal($"mx.{_domain}", data.At("recipients")[0].At("hosts")[0].Text("name"));
        Assert.NotEqual(System.Text.Json.JsonValueKind.Null, data.At("recipients")[0].At("estimatedFirstAttempt").ValueKind);
        Assert.Equal(messages, await _application.QueryAsync<long>("select count(*) from messages where organization_id = $1", _tenant.Organization.Value));

        using var refused = await client.PostJsonAsync("/v1/mail/explain",
            new { from = "shop@not-mine.test", to = new[] { $"ann@{_domain}" }, subject = "Hello", text = "Text" });
        var answer = (await refused.ReadAsync(200)).At("data");
        Assert.Equal((false, "domain_not_verified"), (answer.At("wouldAccept").GetBoolean(), answer.Text("refusal", "code")));
    }

    private Microsoft.AspNetCore.Mvc.Testing.WebApplicationFactory<Program> WithDns(DnsZone zone) => _application.WithWebHostBuilder(
        builder => builder.ConfigureTestServices(services => services.AddSingleton<IDnsResolver>(new FakeDnsResolver(zone))));

    private async Task<int> SuspendAsync(string scope, string name, string reason, string? lasts = null)
    {
        using var response = await _operator.PostJsonAsync("/internal/delivery/suspend", new { scope, name, reason, @for = lasts });
        return (await response.ReadAsync(200)).EnumerateArray().Count(hold => hold.Text("name") == name);
    }

    private async Task<List<string>> SendAsync(int count, string? domain = null)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            using var response = await _tenant.Client.PostJsonAsync("/v1/mail/send",
                new { from = _tenant.Sender, to = $"ann{i}@{domain ?? _domain}", subject = "Hello", text = "Text" });
            ids.Add((await response.ReadAsync(202)).Text("data", "id"));
        }
        return ids;
    }
}
