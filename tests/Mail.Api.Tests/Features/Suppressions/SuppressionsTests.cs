using System.Text.Json;

namespace Mail.Api.Tests.Features.Suppressions;

[Collection(ApiCollection.Name)]
public sealed class SuppressionsTests(ApiFixture api)
{
    private const string Mail = "/v1/mail/suppressions";
    private const string Account = "/v1/suppressions";
    private const string Nobody = "sup_01jzzzzzzzzzzzzzzzzzzzzzzz";

    [Fact]
    public async Task A_suppression_is_made_on_one_surface_and_read_on_the_other()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(Mail, new
        {
            email = "Ada@Recipient.TEST", reason = "blocked", metadata = new { ticket = "42" }, expiresAt = "2999-01-01T00:00:00Z",
        });
        var created = (await response.ReadAsync(201)).At("data");
        var read = await tenant.Client.GetJsonAsync($"{Account}/{created.Text("id")}");

        Assert.StartsWith("sup_", created.Text("id"), StringComparison.Ordinal);
        Assert.Equal($"{Mail}/{created.Text("id")}", response.Headers.Location!.ToString());
        Assert.Equal(created.GetRawText(), read.GetRawText());
        Assert.Equal(("Ada@recipient.test", "blocked", "user", "42"),
            (read.Text("email"), read.Text("reason"), read.Text("source"), read.Text("metadata", "ticket")));
        Assert.Equal(1, await api.Application.QueryAsync<long>(
            "select count(*) from events where organization_id = $1 and type = 'mail.suppression.created'", tenant.Organization.Value));
    }

    [Theory]
    [InlineData(Mail)]
    [InlineData(Account)]
    public async Task Another_spelling_of_a_suppressed_address_conflicts(string path)
    {
        var tenant = await api.TenantAsync();
        await CreateAsync(tenant, "ada@bücher.test");

        using var response = await tenant.Client.PostJsonAsync(path, new { email = "ADA@xn--bcher-kva.TEST" });

        Assert.Equal("conflict", (await response.ReadAsync(409)).Text("code"));
    }

    [Fact]
    public async Task Once_expired_it_is_gone_and_can_be_made_anew()
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant, "ada@recipient.test");
        await api.Application.ExecuteAsync("update suppressions set expires_at = now() where organization_id = $1", tenant.Organization.Value);

        await tenant.Client.GetJsonAsync($"{Mail}/{id}", 404);
        Assert.Empty((await tenant.Client.GetJsonAsync(Mail)).At("data").EnumerateArray());
        Assert.NotEqual(id, await CreateAsync(tenant, "ada@recipient.test"));
    }

    [Theory]
    [InlineData("{}", "/email required")]
    [InlineData("""{"email":"a@b@c","reason":"bored","expiresAt":"2001-01-01T00:00:00Z","mail":1}""",
        "/email invalid_email", "/expiresAt out_of_range", "/mail unknown_field", "/reason invalid_value")]
    [InlineData("""{"email":"a@b.test\r\nBcc: c@d.test","metadata":{"a":"x\u0000","b":null}}""",
        "/email invalid_email", "/metadata/a invalid_characters", "/metadata/b invalid_type")]
    public async Task All_wrong_fields_are_named(string body, params string[] errors)
    {
        var tenant = await api.TenantAsync();

        using var mail = await tenant.Client.PostTextAsync(Mail, body);
        using var account = await tenant.Client.PostTextAsync(Account, body);

        Assert.Equal(errors, (await mail.ReadAsync(400)).FieldErrors());
        Assert.Equal(errors, (await account.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Bulk_items_stand_alone()
    {
        var tenant = await api.TenantAsync();
        await CreateAsync(tenant, "old@recipient.test");

        using var response = await tenant.Client.PostJsonAsync($"{Mail}/bulk", new
        {
            suppressions = new object?[]
            {
                new { email = "new@recipient.test", reason = "complaint" }, new { email = "OLD@recipient.test" }, new { email = "nonsense" },
                new { email = "New@recipient.test" }, null,
            },
        });
        var data = (await response.ReadAsync(200)).At("data");

        Assert.Equal(["created", "existing", "invalid", "existing", "invalid"], data.At("results").EnumerateArray().Select(item => item.Text("status")));
        Assert.Equal((1, 2, 2), (data.At("created").GetInt32(), data.At("existing").GetInt32(), data.At("invalid").GetInt32()));
        Assert.Equal("/suppressions/2/email", data.At("results")[2].At("errors")[0].Text("path"));
        Assert.Equal("complaint", (await tenant.Client.GetJsonAsync($"{Mail}/{data.At("results")[0].Text("id")}")).Text("data", "reason"));
    }

    [Fact]
    public async Task Bulk_takes_a_thousand_and_not_more()
    {
        var tenant = await api.TenantAsync();
        object Items(int count) => new { suppressions = Enumerable.Range(0, count).Select(i => new { email = $"user{i}@recipient.test" }) };

        using var most = await tenant.Client.PostJsonAsync($"{Account}/bulk", Items(1000));
        using var more = await tenant.Client.PostJsonAsync($"{Account}/bulk", Items(1001));
        using var lift = await tenant.Client.PostJsonAsync($"{Account}/bulk-delete",
            new { emails = Enumerable.Range(0, 1000).Select(i => $"USER{i}@recipient.test") });
        using var many = await tenant.Client.PostJsonAsync($"{Mail}/bulk-delete", new { ids = Enumerable.Repeat(Nobody, 1001) });
        using var none = await tenant.Client.PostJsonAsync($"{Mail}/bulk-delete", new { ids = Array.Empty<string>() });

        Assert.Equal(1000, (await most.ReadAsync(200)).At("created").GetInt32());
        Assert.Equal(["/suppressions too_many"], (await more.ReadAsync(400)).FieldErrors());
        Assert.Equal(1000, (await lift.ReadAsync(200)).At("deleted").GetInt32());
        Assert.Equal(["/ids too_many"], (await many.ReadAsync(400)).FieldErrors());
        Assert.Equal(["/emails required"], (await none.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Bulk_delete_tells_of_each_item()
    {
        var tenant = await api.TenantAsync();
        var stranger = await api.TenantAsync();
        var (one, foreign) = (await CreateAsync(tenant, "one@recipient.test"), await CreateAsync(stranger, "foreign@recipient.test"));
        await CreateAsync(tenant, "two@recipient.test");

        using var response = await tenant.Client.PostJsonAsync($"{Mail}/bulk-delete",
            new { ids = new[] { one, foreign, "nonsense" }, emails = new[] { "TWO@recipient.test", "foreign@recipient.test" } });
        var data = (await response.ReadAsync(200)).At("data");

        Assert.Equal(["deleted", "not_found", "not_found", "deleted", "not_found"], data.At("results").EnumerateArray().Select(item => item.Text("status")));
        Assert.Equal(2, data.At("deleted").GetInt32());
        await stranger.Client.GetJsonAsync($"{Mail}/{foreign}");
    }

    [Fact]
    public async Task The_list_is_filtered_and_paged()
    {
        var tenant = await api.TenantAsync();
        var first = await CreateAsync(tenant, "a@recipient.test", "complaint");
        var second = await CreateAsync(tenant, "b@recipient.test");
        var third = await CreateAsync(tenant, "c@recipient.test");

        var page = await tenant.Client.GetJsonAsync($"{Mail}?limit=2");
        var rest = await tenant.Client.GetJsonAsync($"{Mail}?limit=2&cursor={page.Text("nextCursor")}");
        using var account = await tenant.Client.GetAsync($"{Account}?limit=1");

        Assert.Equal([third, second], Ids(page.At("data")));
        Assert.Equal([first], Ids(rest.At("data")));
        Assert.False(rest.At("hasMore").GetBoolean());
        Assert.Contains("rel=\"next\"", account.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.Equal([first], Ids((await tenant.Client.GetJsonAsync($"{Mail}?reason=complaint&source=user")).At("data")));
        Assert.Equal([second], Ids((await tenant.Client.GetJsonAsync($"{Mail}?email=B%40RECIPIENT.test")).At("data")));
        Assert.Empty(Ids((await tenant.Client.GetJsonAsync($"{Mail}?createdTo=2001-01-01")).At("data")));
        Assert.Equal(3, Ids((await tenant.Client.GetJsonAsync($"{Mail}?createdFrom=2001-01-01")).At("data")).Length);
        Assert.Equal(
            ["?createdFrom invalid_value", "?cursor invalid_value", "?email invalid_email", "?limit out_of_range", "?reason invalid_value", "?source invalid_value"],
            (await tenant.Client.GetJsonAsync($"{Mail}?limit=0&cursor=x&email=x&reason=x&source=x&createdFrom=x", 400)).FieldErrors());
    }

    [Fact]
    public async Task What_is_deleted_gets_mail_again()
    {
        var tenant = await api.TenantAsync();
        var id = await CreateAsync(tenant, "ada@recipient.test");

        using var first = await tenant.Client.DeleteAsync($"{Mail}/{id}");
        using var second = await tenant.Client.DeleteAsync($"{Account}/{id}");
        var message = await tenant.SendAsync();

        Assert.Equal((204, 404), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal("queued", (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{message}")).Text("data", "status"));
    }

    [Fact]
    public async Task Another_organizations_suppression_does_not_exist_and_binds_nobody()
    {
        var tenant = await api.TenantAsync();
        var stranger = await api.TenantAsync();
        var id = await CreateAsync(tenant, "ada@recipient.test");

        await stranger.Client.GetJsonAsync($"{Mail}/{id}", 404);
        using var deletion = await stranger.Client.DeleteAsync($"{Account}/{id}");
        using var sent = await stranger.Client.PostJsonAsync("/v1/mail/send", stranger.Message());

        Assert.Equal(404, (int)deletion.StatusCode);
        Assert.Equal("queued", (await sent.ReadAsync(202)).Text("data", "status"));
    }

    [Fact]
    public async Task Mail_to_suppressed_recipients_only_is_stored_and_not_sent()
    {
        var tenant = await api.TenantAsync();
        await CreateAsync(tenant, "ada@recipient.test");

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(to: "ADA@Recipient.test"));
        var data = (await response.ReadAsync(202)).At("data");

        Assert.Equal("suppressed", data.Text("status"));
        Assert.Equal(0L, await QueuedAsync(tenant));
        Assert.Equal(["mail.message.suppressed"], (await tenant.Client.GetJsonAsync($"/v1/mail/events?messageId={data.Text("id")}&type=mail.message.suppressed"))
            .At("data").EnumerateArray().Select(item => item.Text("type")));
    }

    [Fact]
    public async Task The_other_recipients_get_theirs()
    {
        var tenant = await api.TenantAsync();
        await CreateAsync(tenant, "ada@recipient.test");

        var id = await tenant.SendAsync(new { from = tenant.Sender, to = new[] { "ada@recipient.test", "bob@recipient.test" }, subject = "Hello", text = "Hi." });
        var message = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data");

        Assert.Equal("queued", message.Text("status"));
        Assert.Equal(["suppressed", "queued"], message.At("recipients").EnumerateArray().Select(recipient => recipient.Text("status")));
        Assert.Equal(1L, await QueuedAsync(tenant));
    }

    [Fact]
    public async Task The_account_surface_refuses_a_suppressed_recipient()
    {
        var tenant = await api.TenantAsync();
        await CreateAsync(tenant, "ada@recipient.test");

        using var response = await tenant.Client.PostJsonAsync("/v1/emails",
            new { from = tenant.Sender, to = new[] { "bob@recipient.test", "ada@recipient.test" }, subject = "Hello", text = "Hi." });
        var problem = await response.ReadAsync(400);

        Assert.Equal("recipient_suppressed", problem.Text("code"));
        Assert.Contains("ada@recipient.test", problem.Text("detail"), StringComparison.Ordinal);
        Assert.DoesNotContain("bob@recipient.test", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(0L, await QueuedAsync(tenant));
    }

    private Task<long> QueuedAsync(Tenant tenant) => api.Application.QueryAsync<long>(
        "select count(*) from delivery_queue where organization_id = $1", tenant.Organization.Value);

    private static string[] Ids(JsonElement data) => [.. data.EnumerateArray().Select(item => item.Text("id"))];

    private static async Task<string> CreateAsync(Tenant tenant, string email, string? reason = null)
    {
        using var response = await tenant.Client.PostJsonAsync(Mail, reason is null ? new { email } : new { email, reason });
        return (await response.ReadAsync(201)).Text("data", "id");
    }
}
