using Mail.Core.ApiKeys;
using Mail.Core.Organizations;

namespace Mail.Api.Tests.Features.ApiKeys;

[Collection(ApiCollection.Name)]
public sealed class ApiKeysTests(ApiFixture api)
{
    private const string Account = "/v1/api-keys";
    private const string Mail = "/v1/mail/api-keys";

    [Fact]
    public async Task A_key_made_on_the_account_surface_works_and_is_listed_without_its_secret()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(Account, new { name = "CI", scopes = new[] { "emails:send" } });
        var created = await response.ReadAsync(201);
        var full = created.Text("fullKey");
        var key = created.At("key");

        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.StartsWith($"ms_live_{key.Text("keyPrefix")}_", full, StringComparison.Ordinal);
        Assert.Equal($"ms_live_{key.Text("keyPrefix")}_••••", key.Text("maskedKey"));
        Assert.Equal(("CI", "live", true), (key.Text("name"), key.Text("mode"), key.At("isActive").GetBoolean()));
        using var sent = await api.Application.ClientWith(full).PostJsonAsync("/v1/emails", tenant.Message());
        await sent.ReadAsync(202);
        var listed = await tenant.Client.GetJsonAsync(Account);
        Assert.Contains(listed.EnumerateArray(), item => item.Text("id") == key.Text("id") && item.Text("name") == "CI");
        Assert.DoesNotContain(full, listed.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("CI", (await tenant.Client.GetJsonAsync($"{Account}/{key.Text("id")}")).Text("name"));
    }

    [Fact]
    public async Task The_mail_surface_answers_the_same_in_the_envelope()
    {
        var tenant = await api.TenantAsync();
        var expiresAt = TimeProvider.System.GetUtcNow().AddDays(1);

        using var response = await tenant.Client.PostJsonAsync("/api" + Mail, new
        {
            name = " Shop ", scopes = new[] { "emails:send", "emails:read", "emails:send" }, mode = "test", expiresAt, domain = "Shop.Example",
        });
        var key = (await response.ReadAsync(201)).At("data", "key");

        Assert.Equal(("Shop", "test", "shop.example"), (key.Text("name"), key.Text("mode"), key.Text("domain")));
        Assert.Equal(["emails:send", "emails:read"], key.At("scopes").EnumerateArray().Select(scope => scope.GetString()!));
        Assert.InRange(key.At("expiresAt").GetDateTimeOffset() - expiresAt, TimeSpan.FromMilliseconds(-1), TimeSpan.FromMilliseconds(1));
        var read = await tenant.Client.GetJsonAsync($"{Mail}/{key.Text("id")}");
        Assert.Equal(key.Text("id"), read.Text("data", "id"));
        Assert.Contains((await tenant.Client.GetJsonAsync(Mail)).At("data").EnumerateArray(), item => item.Text("id") == key.Text("id"));
    }

    [Fact]
    public async Task All_wrong_fields_are_told_at_once()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostTextAsync(Account,
            """{"name":" ","scopes":["emails:sent",null],"mode":"dead","domain":"-bad-.example","expiresAt":"soon","scope":1}""");
        var problem = await response.ReadAsync(400);

        Assert.Equal(
            ["/domain invalid_value", "/expiresAt invalid_type", "/mode invalid_value", "/name required", "/scope unknown_field",
             "/scopes/0 invalid_value", "/scopes/1 invalid_value"], problem.FieldErrors());
        Assert.Contains("'emails:send'", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("nearest known one is 'scopes'", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"scopes":[]}""", "/name required", "/scopes required")]
    [InlineData("""{"name":"a\r\nb","scopes":["full_access"]}""", "/name invalid_characters")]
    [InlineData("""{"name":"a","scopes":["full_access"],"expiresAt":"2020-01-01T00:00:00Z"}""", "/expiresAt out_of_range")]
    public async Task Wrong_values_are_refused(string body, params string[] errors)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostTextAsync(Account, body);

        Assert.Equal(errors, (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task A_name_is_unique_until_its_key_is_revoked()
    {
        var tenant = await api.TenantAsync();
        var other = await api.TenantAsync();
        var id = await CreateAsync(tenant.Client, "Production");

        using (var again = await tenant.Client.PostJsonAsync(Account, Body("Production")))
            Assert.Equal("conflict", (await again.ReadAsync(409)).Text("code"));
        await CreateAsync(other.Client, "Production");
        using (var revoked = await tenant.Client.DeleteAsync($"{Account}/{id}"))
            Assert.Equal("ok", (await revoked.ReadAsync(200)).Text("status"));
        Assert.NotEqual(id, await CreateAsync(tenant.Client, "Production"));
    }

    [Fact]
    public async Task A_revoked_key_stops_at_once_stays_listed_and_can_be_revoked_again()
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.PostJsonAsync(Account, Body("Leaked"));
        var created = await response.ReadAsync(201);
        using var client = api.Application.ClientWith(created.Text("fullKey"));
        await client.GetJsonAsync(Account);

        foreach (var path in new[] { Mail, Account })
        {
            using var revoked = await tenant.Client.DeleteAsync($"{path}/{created.Text("key", "id")}");
            Assert.Equal("ok", path == Mail ? (await revoked.ReadAsync(200)).Text("data", "status") : (await revoked.ReadAsync(200)).Text("status"));
        }

        await client.GetJsonAsync(Account, 401);
        var key = await tenant.Client.GetJsonAsync($"{Account}/{created.Text("key", "id")}");
        Assert.False(key.At("isActive").GetBoolean());
        Assert.NotEqual(default, key.At("revokedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_key_grants_no_more_than_it_has()
    {
        var tenant = await api.TenantAsync();
        using var writer = await tenant.WithKeyAsync([Scopes.ApiKeysWrite, Scopes.EmailsSend]);

        using (var beyond = await writer.PostJsonAsync(Account, new { name = "a", scopes = new[] { "emails:send", "emails:read" } }))
            Assert.Contains("'emails:read'", (await beyond.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
        using (var all = await writer.PostJsonAsync(Account, new { name = "a", scopes = new[] { "full_access" } }))
            await all.ReadAsync(403);
        using (var same = await writer.PostJsonAsync(Account, new { name = "a", scopes = new[] { "emails:send" } }))
            await same.ReadAsync(201);
        using var tester = await tenant.WithKeyAsync([Scopes.FullAccess], SendingMode.Test);
        using (var live = await tester.PostJsonAsync(Account, Body("live")))
            await live.ReadAsync(403);
    }

    [Fact]
    public async Task A_key_of_one_domain_makes_keys_of_that_domain()
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.PostJsonAsync(Account, new { name = "one", scopes = new[] { "full_access" }, domain = tenant.Domain });
        using var client = api.Application.ClientWith((await response.ReadAsync(201)).Text("fullKey"));

        using (var none = await client.PostJsonAsync(Account, Body("none")))
            Assert.Contains(tenant.Domain, (await none.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
        using (var same = await client.PostJsonAsync(Account, new { name = "same", scopes = new[] { "full_access" }, domain = tenant.Domain }))
            await same.ReadAsync(201);
        await tenant.AddDomainAsync("other." + tenant.Domain, "verified");
        using var refused = await client.PostJsonAsync("/v1/emails", new { from = "a@other." + tenant.Domain, to = "b@recipient.test", subject = "Hi", text = "Hi" });
        Assert.Equal("forbidden", (await refused.ReadAsync(403)).Text("code"));
    }

    [Theory]
    [InlineData(Account, Scopes.ApiKeysRead, Scopes.ApiKeysWrite)]
    [InlineData(Mail, Scopes.ApiKeysRead, Scopes.ApiKeysWrite)]
    public async Task Reading_and_writing_have_scopes_of_their_own(string path, string read, string write)
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant.Client, "target");
        using var reader = await tenant.WithKeyAsync([read]);
        using var writer = await tenant.WithKeyAsync([write]);

        Assert.Contains(read, (await writer.GetJsonAsync(path, 403)).Text("detail"), StringComparison.Ordinal);
        await writer.GetJsonAsync($"{path}/{id}", 403);
        using (var create = await reader.PostJsonAsync(path, Body("x")))
            Assert.Contains(write, (await create.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
        using (var revoke = await reader.DeleteAsync($"{path}/{id}"))
            await revoke.ReadAsync(403);
        await reader.GetJsonAsync($"{path}/{id}");
        using var done = await writer.DeleteAsync($"{path}/{id}");
        await done.ReadAsync(200);
    }

    [Fact]
    public async Task Keys_of_another_organization_do_not_exist()
    {
        var tenant = await api.TenantAsync();
        var other = await api.TenantAsync();
        var id = await CreateAsync(other.Client, "theirs");

        foreach (var path in new[] { Account, Mail })
        {
            await tenant.Client.GetJsonAsync($"{path}/{id}", 404);
            using var revoke = await tenant.Client.DeleteAsync($"{path}/{id}");
            await revoke.ReadAsync(404);
            Assert.DoesNotContain(id, (await tenant.Client.GetJsonAsync(path)).GetRawText(), StringComparison.Ordinal);
        }
        Assert.True((await other.Client.GetJsonAsync($"{Account}/{id}")).At("isActive").GetBoolean());
    }

    [Fact]
    public async Task Pages_follow_each_other_newest_first_on_both_surfaces()
    {
        var tenant = await api.TenantAsync();
        foreach (var name in new[] { "1", "2", "3" })
            await CreateAsync(tenant.Client, name);

        var first = await tenant.Client.GetJsonAsync($"{Mail}?limit=2");
        var second = await tenant.Client.GetJsonAsync($"{Mail}?limit=2&cursor={first.Text("nextCursor")}");
        using var bare = await tenant.Client.GetAsync($"{Account}?limit=3");

        Assert.Equal(["3", "2"], first.At("data").EnumerateArray().Select(key => key.Text("name")));
        Assert.True(first.At("hasMore").GetBoolean());
        Assert.Equal("1", second.At("data")[0].Text("name"));
        Assert.False(second.At("hasMore").GetBoolean());
        Assert.Equal(3, (await bare.ReadAsync(200)).GetArrayLength());
        var next = Assert.Single(bare.Headers.GetValues("Link"));
        Assert.EndsWith("rel=\"next\"", next, StringComparison.Ordinal);
        Assert.Equal(1, (await tenant.Client.GetJsonAsync(next[1..next.IndexOf('>')])).GetArrayLength());
        Assert.Equal(["?limit out_of_range"], (await tenant.Client.GetJsonAsync($"{Account}?limit=0", 400)).FieldErrors());
    }

    private static object Body(string name) => new { name, scopes = new[] { "full_access" } };

    private static async Task<string> CreateAsync(HttpClient client, string name)
    {
        using var response = await client.PostJsonAsync(Account, Body(name));
        return (await response.ReadAsync(201)).Text("key", "id");
    }
}
