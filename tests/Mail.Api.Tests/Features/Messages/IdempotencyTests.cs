namespace Mail.Api.Tests.Features.Messages;

[Collection(ApiCollection.Name)]
public sealed class IdempotencyTests(ApiFixture api)
{
    [Theory]
    [InlineData("/v1/mail/send")]
    [InlineData("/v1/emails")]
    public async Task The_same_key_and_body_answer_the_same_message(string path)
    {
        var tenant = await api.TenantAsync();

        using var first = await tenant.Client.PostJsonAsync(path, tenant.Message(), "key-1");
        using var second = await tenant.Client.PostJsonAsync(path, tenant.Message(), "key-1");

        var (created, replayed) = (Result(await first.ReadAsync(202)), Result(await second.ReadAsync(202)));
        Assert.Equal(created.Text("id"), replayed.Text("id"));
        Assert.Equal("created", created.Text("idempotencyStatus"));
        Assert.Equal("replayed", replayed.Text("idempotencyStatus"));
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(1, await CountAsync(tenant));
    }

    [Fact]
    public async Task Fifty_equal_requests_at_once_make_one_message()
    {
        var tenant = await api.TenantAsync();

        var bodies = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");
            return (await response.ReadAsync(202)).At("data");
        }));

        Assert.Single(bodies.Select(body => body.Text("id")).Distinct());
        Assert.Single(bodies, body => body.Text("idempotencyStatus") == "created");
        Assert.Equal(1, await CountAsync(tenant));
    }

    [Fact]
    public async Task Order_of_fields_white_space_and_escapes_do_not_make_another_body()
    {
        var tenant = await api.TenantAsync();

        using var first = await tenant.Client.PostTextAsync("/v1/mail/send",
            $$"""{"from":"{{tenant.Sender}}","to":"a@recipient.test","subject":"é","text":"t","idempotencyKey":"k","metadata":{"a":"1","b":"2"} }""");
        using var second = await tenant.Client.PostTextAsync("/v1/mail/send",
            $$"""{ "metadata":{"b":"2","a":"1"}, "idempotencyKey":"k","text":"\u0074","subject":"\u00e9","to":"a@recipient.test", "from":"{{tenant.Sender}}" }""");

        Assert.Equal((await first.ReadAsync(202)).Text("data", "id"), (await second.ReadAsync(202)).Text("data", "id"));
    }

    [Fact]
    public async Task The_key_may_stand_in_the_header_or_in_the_body()
    {
        var tenant = await api.TenantAsync();
        var withKey = new { from = tenant.Sender, to = "ada@recipient.test", subject = "Hello", text = "Hi.", idempotencyKey = "key-1" };

        using var inBody = await tenant.Client.PostJsonAsync("/v1/mail/send", withKey);
        using var inHeader = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");
        using var inBoth = await tenant.Client.PostJsonAsync("/v1/mail/send", withKey, "key-1");

        Assert.Equal("created", (await inBody.ReadAsync(202)).Text("data", "idempotencyStatus"));
        Assert.Equal("replayed", (await inHeader.ReadAsync(202)).Text("data", "idempotencyStatus"));
        Assert.Equal("replayed", (await inBoth.ReadAsync(202)).Text("data", "idempotencyStatus"));
    }

    [Fact]
    public async Task Different_keys_in_header_and_body_are_refused()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send",
            new { from = tenant.Sender, to = "ada@recipient.test", subject = "Hello", text = "Hi.", idempotencyKey = "key-1" }, "key-2");

        Assert.Equal(["/idempotencyKey invalid_value"], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task A_header_that_is_too_long_is_refused()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), new string('k', 257));

        Assert.Equal("validation_error", (await response.ReadAsync(400)).Text("code"));
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_a_conflict()
    {
        var tenant = await api.TenantAsync();
        using var first = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");

        using var second = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(subject: "Other"), "key-1");

        Assert.Equal("idempotency_conflict", (await second.ReadAsync(409)).Text("code"));
        Assert.Equal(1, await CountAsync(tenant));
    }

    [Fact]
    public async Task Organizations_do_not_share_keys()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());

        using var first = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");
        using var second = await other.Client.PostJsonAsync("/v1/mail/send", other.Message(), "key-1");

        Assert.Equal("created", (await second.ReadAsync(202)).Text("data", "idempotencyStatus"));
    }

    private static System.Text.Json.JsonElement Result(System.Text.Json.JsonElement body) =>
        body.TryGetProperty("data", out var data) ? data : body;

    private Task<long> CountAsync(Tenant tenant) =>
        api.Application.QueryAsync<long>("select count(*) from messages where organization_id = $1", tenant.Organization.Value);
}
