using System.Text.Json;

namespace Mail.Api.Tests.Features.Batches;

/// <summary>One message or template for many recipients, on both surfaces.</summary>
[Collection(ApiCollection.Name)]
public sealed class RecipientBatchTests(ApiFixture api)
{
    [Fact]
    public async Task A_template_is_rendered_for_each_recipient()
    {
        var tenant = await api.TenantAsync();
        await TemplateAsync(tenant);

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/batch-template", new
        {
            template = "weekly", from = tenant.Sender,
            recipients = new object[]
            {
                new { to = "ada@x.test", data = new { firstName = "Ada" } }, new { to = "bob@x.test", data = new { } },
                new { to = "nobody", data = new { firstName = "N" } }, new { to = "cy@x.test", data = new { firstName = "Cy" }, colour = 1 },
            },
        });
        var batch = (await response.ReadAsync(202)).At("data");
        var items = await ItemsAsync(tenant, batch.Text("id"));
        var content = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{items[0].Text("messageId")}?include=content")).At("data");

        Assert.Equal((1, 3), (batch.At("accepted").GetInt32(), batch.At("rejected").GetInt32()));
        Assert.Equal(["missing_variables", "validation_error", "validation_error"], items[1..].Select(item => item.Text("error", "code")));
        Assert.Equal("/colour", items[3].At("error", "errors")[0].Text("path"));
        Assert.Equal(("Hello Ada", "<p>Dear Ada</p>"), (content.Text("subject"), content.Text("content", "html")));
    }

    [Fact]
    public async Task The_key_of_a_recipient_is_good_for_one_text()
    {
        var tenant = await api.TenantAsync();
        await TemplateAsync(tenant);
        object Body(string subjectTag) => new
        {
            template = "weekly", from = tenant.Sender, tags = new { week = subjectTag },
            recipients = new[] { new { to = "ada@x.test", data = new { firstName = "Ada" }, idempotencyKey = "weekly_ada_19" } },
        };

        using var first = await tenant.Client.PostJsonAsync("/v1/mail/batch-template", Body("19"));
        using var again = await tenant.Client.PostJsonAsync("/v1/mail/batch-template", Body("19"));
        using var other = await tenant.Client.PostJsonAsync("/v1/mail/batch-template", Body("20"));

        var one = (await ItemsAsync(tenant, (await first.ReadAsync(202)).Text("data", "id")))[0];
        var two = (await ItemsAsync(tenant, (await again.ReadAsync(202)).Text("data", "id")))[0];
        var three = (await ItemsAsync(tenant, (await other.ReadAsync(202)).Text("data", "id")))[0];
        Assert.Equal((one.Text("messageId"), "replayed"), (two.Text("messageId"), two.Text("idempotencyStatus")));
        Assert.Equal("idempotency_conflict", three.Text("error", "code"));
    }

    [Fact]
    public async Task A_bulk_message_is_filled_with_the_variables_of_each_recipient()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/emails/bulk", new
        {
            from = tenant.Sender, fromName = "Acme", subject = "Hi {{name}}", html = "<p>{{name}}</p>",
            recipients = new object[] { new { to = "ada@x.test", variables = new { name = "A & B" } }, new { to = "bob@x.test" } },
        });
        var answer = await response.ReadAsync(202);
        var sent = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{answer.At("results")[0].Text("id")}?include=content")).At("data");

        Assert.Equal((1, 1), (answer.At("accepted").GetInt32(), answer.At("rejected").GetInt32()));
        Assert.Equal(("Hi A & B", "<p>A &amp; B</p>", "Acme"), (sent.Text("subject"), sent.Text("content", "html"), sent.Text("from", "name")));
        Assert.Contains("name", answer.At("results")[1].Text("error"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/mail/batch-template", "template")]
    [InlineData("/v1/emails/bulk", "html")]
    public async Task What_all_recipients_share_is_checked_once(string path, string missing)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(path,
            new { to = "a@x.test", data = new { a = 1 }, subject = "x\r\nBcc: y@x.test", recipients = Array.Empty<object>(), colour = 1 });

        string[] expected =
            ["/colour unknown_field", "/data invalid_value", "/from required", $"/{missing} required", "/recipients required", "/subject invalid_characters", "/to invalid_value"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task A_repeated_request_is_the_first_one()
    {
        var tenant = await api.TenantAsync();
        var body = new { from = tenant.Sender, subject = "s", text = "t", recipients = new[] { new { to = "ada@x.test" } } };

        using var first = await tenant.Client.PostJsonAsync("/v1/emails/bulk", body, "bulk-1");
        using var second = await tenant.Client.PostJsonAsync("/v1/emails/bulk", body, "bulk-1");

        Assert.Equal((await first.ReadAsync(202)).At("results")[0].Text("id"), (await second.ReadAsync(202)).At("results")[0].Text("id"));
        Assert.Equal(1L, await api.Application.QueryAsync<long>("select count(*) from messages where organization_id = $1", tenant.Organization.Value));
    }

    private static async Task TemplateAsync(Tenant tenant)
    {
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/templates",
            new { name = "Weekly", slug = "weekly", subject = "Hello {{firstName}}", html = "<p>Dear {{firstName}}</p>" });
        await response.ReadAsync(201);
    }

    private static async Task<JsonElement[]> ItemsAsync(Tenant tenant, string batch) =>
        [.. (await tenant.Client.GetJsonAsync($"/v1/mail/batch/{batch}/items?limit=100")).At("data").EnumerateArray()];
}
