using System.Text.Json;

namespace Mail.Api.Tests.Features.Messages;

[Collection(ApiCollection.Name)]
public sealed class SendMessageTests(ApiFixture api)
{
    [Theory]
    [InlineData("/v1/mail/send")]
    [InlineData("/api/v1/mail/send")]
    public async Task A_message_is_accepted_in_the_envelope(string path)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(path, tenant.Message());

        var body = await response.ReadAsync(202);
        Assert.True(body.At("success").GetBoolean());
        Assert.Equal("success", body.Text("status"));
        Assert.Equal(202, body.At("status_code").GetInt32());
        Assert.StartsWith("msg_", body.Text("data", "id"), StringComparison.Ordinal);
        Assert.Equal("queued", body.Text("data", "status"));
        Assert.Equal("created", body.Text("data", "idempotencyStatus"));
        Assert.Equal($"/v1/mail/messages/{body.Text("data", "id")}", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Every_field_is_stored_as_sent()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync(new
        {
            from = new { email = tenant.Sender, name = "Grüße, Inc." },
            to = new object[] { "ada@recipient.test", new { email = "bob@recipient.test", name = "Bob" }, "Carl <carl@recipient.test>" },
            cc = "dora@recipient.test",
            bcc = new { email = "eve@recipient.test" },
            replyTo = "Support <support@recipient.test>",
            subject = "Ünïcode 🎉",
            html = "<p>Hi</p>\r\n",
            text = "Hi",
            headers = new Dictionary<string, string> { ["X-Campaign"] = "spring", ["List-Unsubscribe"] = "<https://a.test/u>" },
            tags = new { kind = "receipt" },
            metadata = new { order = "12345" },
            expiresIn = "10m",
            attachments = new[] { new { filename = "a.txt", content = "aGVsbG8=", contentType = "text/plain", contentId = "part1" } },
        });

        var message = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}?include=content")).At("data");
        Assert.Equal("Grüße, Inc.", message.Text("from", "name"));
        Assert.Equal(
            ["to ada@recipient.test ", "to bob@recipient.test Bob", "to carl@recipient.test Carl", "cc dora@recipient.test ", "bcc eve@recipient.test "],
            message.At("recipients").EnumerateArray().Select(item => $"{item.Text("kind")} {item.Text("email")} {item.Text("name")}"));
        Assert.Equal("support@recipient.test", message.At("replyTo")[0].Text("email"));
        Assert.Equal("Ünïcode 🎉", message.Text("subject"));
        Assert.Equal("<p>Hi</p>\r\n", message.Text("content", "html"));
        Assert.Equal("spring", message.Text("content", "headers", "X-Campaign"));
        Assert.Equal("receipt", message.Text("tags", "kind"));
        Assert.Equal("12345", message.Text("metadata", "order"));
        Assert.Equal(5, message.At("attachments")[0].At("size").GetInt64());
        Assert.Equal("part1", message.At("attachments")[0].Text("contentId"));
    }

    [Fact]
    public async Task ExpiresIn_sets_when_delivery_is_given_up()
    {
        var tenant = await api.TenantAsync();
        await tenant.SendAsync(new { from = tenant.Sender, to = "ada@recipient.test", subject = "s", text = "t", expiresIn = "90s" });

        var left = await api.Application.QueryAsync<TimeSpan>(
            "select give_up_at - enqueued_at from delivery_queue where organization_id = $1", tenant.Organization.Value);

        Assert.Equal(TimeSpan.FromSeconds(90), left);
    }

    [Fact]
    public async Task Who_is_named_twice_gets_one_copy()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync(new
        {
            from = tenant.Sender, to = new[] { "ada@recipient.test", "ada@RECIPIENT.test" }, cc = "ada@recipient.test", subject = "s", text = "t",
        });

        var message = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data");

        Assert.Equal("to", Assert.Single(message.At("recipients").EnumerateArray()).Text("kind"));
    }

    [Fact]
    public async Task The_trace_of_the_request_goes_with_the_message()
    {
        var tenant = await api.TenantAsync();
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/mail/send")
        {
            Content = new StringContent(JsonSerializer.Serialize(tenant.Message()), null, "application/json"),
            Headers = { { "traceparent", $"00-{trace}-00f067aa0ba902b7-01" } },
        };

        using var response = await tenant.Client.SendAsync(request);

        Assert.Equal(trace, Assert.Single(response.Headers.GetValues("X-Request-Id")));
        var stored = await api.Application.QueryAsync<string>(
            "select traceparent from messages where organization_id = $1", tenant.Organization.Value);
        Assert.Equal(trace, stored.Split('-')[1]);
    }

    [Fact]
    public async Task A_domain_that_is_not_verified_is_refused_with_422()
    {
        var tenant = await api.TenantAsync();
        await tenant.AddDomainAsync($"pending.{tenant.Domain}", "pending");

        using var response = await tenant.Client.PostJsonAsync(
            "/v1/mail/send", new { from = $"a@pending.{tenant.Domain}", to = "ada@recipient.test", subject = "s", text = "t" });

        var problem = await response.ReadAsync(422);
        Assert.Equal("domain_not_verified", problem.Text("code"));
        Assert.Equal(["/from domain_not_verified"], problem.FieldErrors());
    }

    [Fact]
    public async Task The_domain_of_another_organization_is_refused()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());

        using var response = await tenant.Client.PostJsonAsync(
            "/v1/mail/send", new { from = other.Sender, to = "ada@recipient.test", subject = "s", text = "t" });

        Assert.Equal("domain_not_verified", (await response.ReadAsync(422)).Text("code"));
    }

    [Fact]
    public async Task A_key_that_is_restricted_to_another_domain_is_refused()
    {
        var tenant = await api.TenantAsync();
        var key = await tenant.KeyAsync(["emails:send"]);
        await api.Application.ExecuteAsync("update api_keys set domain_restriction = 'other.test' where prefix = $1", key.Prefix);

        using var response = await api.Application.ClientWith(key.Reveal()).PostJsonAsync("/v1/mail/send", tenant.Message());

        var problem = await response.ReadAsync(403);
        Assert.Contains("other.test", problem.Text("detail"), StringComparison.Ordinal);
    }

    // Null, false and empty ask for nothing, so nothing is dropped by accepting them.
    [Fact]
    public async Task Fields_of_later_versions_are_accepted_when_they_ask_for_nothing()
    {
        var tenant = await api.TenantAsync();

        var id = await tenant.SendAsync(new
        {
            from = tenant.Sender, to = "ada@recipient.test", subject = "s", text = "t", sendAt = (string?)null, unsubscribe = false,
            variables = new { }, tracking = (object?)null, templateId = (string?)null,
        });

        Assert.NotEmpty(id);
    }
}
