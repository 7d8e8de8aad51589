using System.Net.Http.Json;
using System.Text.Json;
using Mail.Core.ApiKeys;

namespace Mail.Api.Tests.Features.Webhooks;

[Collection(ApiCollection.Name)]
public sealed class WebhooksTests(ApiFixture api)
{
    private const string Mail = "/v1/mail/webhooks";
    private const string Account = "/v1/webhooks";
    private const string Nobody = "wh_01jzzzzzzzzzzzzzzzzzzzzzzz";

    [Fact]
    public async Task A_webhook_of_the_mail_surface_tells_its_secret_once()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(
            Mail, new { url = "https://example.com/hooks", description = "Shop", eventTypes = new[] { "mail.message.bounced", "mail.message.bounced" } });
        var created = (await response.ReadAsync(201)).At("data");
        var read = (await tenant.Client.GetJsonAsync($"/api{Mail}/{created.Text("id")}")).At("data");

        Assert.StartsWith("wh_", created.Text("id"), StringComparison.Ordinal);
        Assert.Equal($"{Mail}/{created.Text("id")}", response.Headers.Location!.ToString());
        Assert.Equal(32, Convert.FromBase64String(created.Text("secret")["whsec_".Length..]).Length);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal(("https://example.com/hooks", "Shop", "active", "mail"), (read.Text("url"), read.Text("description"), read.Text("status"), read.Text("dialect")));
        Assert.Equal(["mail.message.bounced"], Texts(read, "eventTypes"));
        Assert.Equal((0, JsonValueKind.Null, JsonValueKind.Null), (read.At("failureCount").GetInt32(), read.At("lastSuccessAt").ValueKind, read.At("lastFailureAt").ValueKind));
        Assert.False(read.TryGetProperty("secret", out _));
        Assert.Equal(1, await EventsAsync(tenant, "mail.webhook.created"));
    }

    [Theory]
    [InlineData("""{"url":"https://example.com/hooks","events":["email.delivered","email.bounced"]}""", "Delivered,Bounce", true)]
    [InlineData("""{"url":"https://example.com/hooks","eventTypes":"Delivered, bounce"}""", "Delivered,Bounce", true)]
    [InlineData("""{"url":"https://example.com/hooks","eventTypes":["Delivered","Bounce"],"enabled":true}""", "Delivered,Bounce", true)]
    [InlineData("""{"url":"https://example.com/hooks","eventTypes":"*","enabled":false}""", "*", false)]
    public async Task The_account_surface_takes_either_form(string body, string types, bool enabled)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostTextAsync(Account, body);
        var created = await response.ReadAsync(201);
        var webhook = created.At("webhook");

        Assert.StartsWith("whsec_", created.Text("signingSecret"), StringComparison.Ordinal);
        Assert.Equal((types, enabled), (webhook.Text("eventTypes"), webhook.At("enabled").GetBoolean()));
        Assert.Equal("••••" + created.Text("signingSecret").TrimEnd('=')[^4..], webhook.Text("secretHint"));
        Assert.Equal(webhook.GetRawText(), (await tenant.Client.GetJsonAsync($"{Account}/{webhook.Text("id")}")).GetRawText());
        Assert.Contains((await tenant.Client.GetJsonAsync(Account)).EnumerateArray(), item => item.Text("id") == webhook.Text("id"));
    }

    [Fact]
    public async Task Each_surface_sees_what_the_other_made()
    {
        var tenant = await api.TenantAsync();
        var mail = await CreateAsync(tenant);
        var account = await CreateAccountAsync(tenant);

        var ofAccount = await tenant.Client.GetJsonAsync($"{Account}/{mail}");
        var ofMail = (await tenant.Client.GetJsonAsync($"{Mail}/{account}")).At("data");

        Assert.Equal("mail.message.bounced", ofAccount.Text("eventTypes"));
        Assert.Equal("account", ofMail.Text("dialect"));
        Assert.Equal(["email.bounced"], Texts(ofMail, "eventTypes"));
        using var wrong = await PatchAsync(tenant, account, new { eventTypes = new[] { "email.opened", "mail.message.opened" } });
        Assert.Equal(["/eventTypes/1 invalid_value"], (await wrong.ReadAsync(400)).FieldErrors());
    }

    [Theory]
    [InlineData(Mail, "{}", "/eventTypes required", "/url required")]
    [InlineData(Mail, """{"url":"http://example.com","eventTypes":[]}""", "/eventTypes required", "/url invalid_value")]
    [InlineData(Mail, """{"url":"https://10.0.0.1/","eventTypes":["mail.message.bunced",null,"email.bounced"]}""",
        "/eventTypes/0 invalid_value", "/eventTypes/1 invalid_value", "/eventTypes/2 invalid_value", "/url invalid_value")]
    [InlineData(Mail, """{"url":"https://u:p@example.com/","description":"a\r\nb","eventTypes":["*"],"urls":1}""",
        "/description invalid_characters", "/url invalid_value", "/urls unknown_field")]
    [InlineData(Mail, """{"url":"https://example.com/\u0000","eventTypes":"*"}""", "/eventTypes invalid_type", "/url invalid_value")]
    [InlineData(Account, "{}", "/eventTypes required", "/url required")]
    [InlineData(Account, """{"url":"https://169.254.169.254/","events":["email.bounced"],"eventTypes":"Bounce","enabled":"yes"}""",
        "/enabled invalid_type", "/eventTypes invalid_value", "/url invalid_value")]
    [InlineData(Account, """{"url":"https://example.com/","eventTypes":"Bounce,Nonsense"}""", "/eventTypes/1 invalid_value")]
    [InlineData(Account, """{"url":"https://example.com/","events":["mail.message.bounced"]}""", "/events/0 invalid_value")]
    [InlineData(Account, """{"url":"https://example.com/","eventTypes":{"a":1}}""", "/eventTypes invalid_type")]
    public async Task All_wrong_fields_are_told_at_once(string path, string body, params string[] errors)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostTextAsync(path, body);

        Assert.Equal(errors, (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Oversized_fields_are_refused()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(Mail, new
        {
            url = "https://example.com/" + new string('a', 3000), description = new string('d', 501), eventTypes = Enumerable.Repeat("*", 101),
        });

        Assert.Equal(["/description too_long", "/eventTypes too_many", "/url invalid_value"], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Patch_changes_what_it_names()
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant, description: "Shop");

        using var off = await PatchAsync(tenant, id, new { status = "disabled" });
        var disabled = (await off.ReadAsync(200)).At("data");
        using var on = await PatchAsync(tenant, id, new { status = "active", url = "https://example.com/new", description = "", eventTypes = new[] { "*" } });
        var active = (await on.ReadAsync(200)).At("data");

        Assert.Equal(("disabled", "requested", "Shop"), (disabled.Text("status"), disabled.Text("disabledReason"), disabled.Text("description")));
        Assert.Equal(("active", "https://example.com/new"), (active.Text("status"), active.Text("url")));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (active.At("description").ValueKind, active.At("disabledReason").ValueKind));
        Assert.Equal(["*"], Texts(active, "eventTypes"));
        Assert.Equal((1L, 1L), (await EventsAsync(tenant, "mail.webhook.disabled"), await EventsAsync(tenant, "mail.webhook.updated")));
        using var wrong = await PatchAsync(tenant, id, new { status = "paused", url = "", eventTypes = Array.Empty<string>() });
        Assert.Equal(["/eventTypes required", "/status invalid_value", "/url required"], (await wrong.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Put_replaces_on_the_account_surface()
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAccountAsync(tenant);

        using var response = await tenant.Client.PutAsync(
            $"{Account}/{id}", JsonContent.Create(new { url = "https://example.com/other", eventTypes = "Open,Click", enabled = false }));
        var webhook = await response.ReadAsync(200);

        Assert.Equal(("https://example.com/other", "Open,Click", false), (webhook.Text("url"), webhook.Text("eventTypes"), webhook.At("enabled").GetBoolean()));
    }

    [Fact]
    public async Task Rotation_tells_a_new_secret_on_both_surfaces()
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant);

        using var first = await tenant.Client.PostAsync($"{Mail}/{id}/rotate-secret", null);
        using var second = await tenant.Client.PostAsync($"{Account}/{id}/rotate-secret", null);
        var (one, two) = ((await first.ReadAsync(200)).Text("data", "secret"), (await second.ReadAsync(200)).Text("signingSecret"));

        Assert.NotEqual(one, two);
        Assert.All([first, second], response => Assert.Equal("no-store", response.Headers.CacheControl!.ToString()));
        Assert.True(await api.Application.QueryAsync<bool>(
            "select previous_secret is not null and previous_secret_expires_at > now() + interval '23 hours' from webhook_endpoints where organization_id = $1",
            tenant.Organization.Value));
    }

    [Theory]
    [InlineData(Mail)]
    [InlineData(Account)]
    public async Task A_deleted_webhook_is_gone(string path)
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant);

        using var deleted = await tenant.Client.DeleteAsync($"{path}/{id}");
        using var again = await tenant.Client.DeleteAsync($"{path}/{id}");

        Assert.Equal((204, 404), ((int)deleted.StatusCode, (int)again.StatusCode));
        await tenant.Client.GetJsonAsync($"{path}/{id}", 404);
    }

    [Fact]
    public async Task Lists_go_on_where_the_page_before_ended()
    {
        var tenant = await api.TenantAsync();
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
            made.Add(await CreateAsync(tenant));

        var first = await tenant.Client.GetJsonAsync($"{Mail}?limit=2");
        var second = await tenant.Client.GetJsonAsync($"{Mail}?limit=2&cursor={first.Text("nextCursor")}");
        using var account = await tenant.Client.GetAsync($"{Account}?limit=2&cursor={second.Text("nextCursor")}");

        Assert.Equal(Enumerable.Reverse(made).Take(4), Ids(first.At("data")).Concat(Ids(second.At("data"))));
        Assert.Equal([made[0]], Ids(await account.ReadAsync(200)));
        Assert.False(account.Headers.Contains("Link"));
        Assert.Equal(["?limit out_of_range"], (await tenant.Client.GetJsonAsync($"{Mail}?limit=1000", 400)).FieldErrors());
        Assert.Equal(["?stats unknown_field"], (await tenant.Client.GetJsonAsync($"{Mail}?stats=1", 400)).FieldErrors());
    }

    [Fact]
    public async Task More_than_the_limit_are_refused()
    {
        var tenant = await api.TenantAsync();
        for (var i = 0; i < 50; i++)
            await CreateAsync(tenant);

        using var response = await tenant.Client.PostJsonAsync(Mail, new { url = "https://example.com", eventTypes = new[] { "*" } });

        var problem = await response.ReadAsync(409);
        Assert.Equal("conflict", problem.Text("code"));
        Assert.Contains("50", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_route_asks_for_its_scope_and_finds_nothing_of_others()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var id = await CreateAsync(tenant);
        var delivery = (await TestAsync(tenant, id)).Text("id");
        using var none = await tenant.WithKeyAsync([Scopes.EmailsSend]);
        using var reader = await tenant.WithKeyAsync([Scopes.WebhooksRead]);
        var update = new { url = "https://example.com", eventTypes = "*" };
        (HttpMethod Method, string Path, object? Body, string Scope)[] routes =
        [
            (HttpMethod.Get, $"{Mail}/{id}", null, "webhooks:read"),
            (HttpMethod.Get, $"{Mail}/{id}/deliveries", null, "webhooks:read"),
            (HttpMethod.Get, $"/v1/mail/webhook-deliveries/{delivery}", null, "webhooks:read"),
            (HttpMethod.Get, $"{Account}/{id}", null, "webhooks:read"),
            (HttpMethod.Get, $"{Account}/{id}/deliveries", null, "webhooks:read"),
            (HttpMethod.Patch, $"{Mail}/{id}", new { status = "active" }, "webhooks:write"),
            (HttpMethod.Post, $"{Mail}/{id}/rotate-secret", null, "webhooks:write"),
            (HttpMethod.Post, $"{Mail}/{id}/test", null, "webhooks:write"),
            (HttpMethod.Post, $"{Mail}/{id}/replay", new { since = "2026-01-01T00:00:00Z" }, "webhooks:write"),
            (HttpMethod.Post, $"/v1/mail/webhook-deliveries/{delivery}/retry", null, "webhooks:write"),
            (HttpMethod.Put, $"{Account}/{id}", update, "webhooks:write"),
            (HttpMethod.Post, $"{Account}/{id}/rotate-secret", null, "webhooks:write"),
            (HttpMethod.Post, $"{Account}/deliveries/{delivery}/replay", null, "webhooks:write"),
            (HttpMethod.Delete, $"{Account}/{id}", null, "webhooks:write"),
            (HttpMethod.Delete, $"{Mail}/{id}", null, "webhooks:write"),
        ];

        foreach (var (method, path, body, scope) in routes)
        {
            Assert.Contains(scope, (await AskAsync(none, method, path, body, 403)).Text("detail"), StringComparison.Ordinal);
            if (scope == "webhooks:write")
                await AskAsync(reader, method, path, body, 403);
            Assert.Equal("not_found", (await AskAsync(other.Client, method, path, body, 404)).Text("code"));
            await AskAsync(tenant.Client, method, path.Replace(id, Nobody, StringComparison.Ordinal).Replace(delivery, "whd_x", StringComparison.Ordinal), body, 404);
        }
        Assert.Equal(id, (await tenant.Client.GetJsonAsync($"{Mail}/{id}")).Text("data", "id"));
    }

    private static async Task<JsonElement> AskAsync(HttpClient client, HttpMethod method, string path, object? body, int status)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        return await response.ReadAsync(status);
    }

    private static async Task<string> CreateAsync(Tenant tenant, string? description = null)
    {
        using var response = await tenant.Client.PostJsonAsync(
            Mail, new { url = "https://example.com/hooks", description, eventTypes = new[] { "mail.message.bounced" } });
        return (await response.ReadAsync(201)).Text("data", "id");
    }

    private static async Task<string> CreateAccountAsync(Tenant tenant)
    {
        using var response = await tenant.Client.PostJsonAsync(Account, new { url = "https://example.com/hooks", eventTypes = "Bounce" });
        return (await response.ReadAsync(201)).Text("webhook", "id");
    }

    private static async Task<JsonElement> TestAsync(Tenant tenant, string id)
    {
        using var response = await tenant.Client.PostAsync($"{Mail}/{id}/test", null);
        return (await response.ReadAsync(202)).At("data");
    }

    private static Task<HttpResponseMessage> PatchAsync(Tenant tenant, string id, object body) =>
        tenant.Client.PatchAsync($"{Mail}/{id}", JsonContent.Create(body));

    private static IEnumerable<string> Ids(JsonElement list) => list.EnumerateArray().Select(item => item.Text("id"));

    private static IEnumerable<string?> Texts(JsonElement element, string name) => element.At(name).EnumerateArray().Select(item => item.GetString());

    private Task<long> EventsAsync(Tenant tenant, string type) =>
        api.Application.QueryAsync<long>("select count(*) from events where organization_id = $1 and type = $2", tenant.Organization.Value, type);
}
