using System.Text.Json;

namespace Mail.Api.Tests.Features.Templates;

[Collection(ApiCollection.Name)]
public sealed class SendTemplateTests(ApiFixture api)
{
    [Theory]
    [InlineData("/v1/mail/send-template")]
    [InlineData("/api/v1/mail/send-template")]
    public async Task A_template_is_rendered_and_sent(string path)
    {
        var tenant = await api.TenantAsync();
        var template = await tenant.CreateTemplateAsync(html: "<p>Hi {{name}}, see <a href=\"https://example.com/\">this</a></p>");

        var answer = await tenant.PostAsync(path, tenant.Use("welcome", new { name = "<Ada>" }), 202);

        Assert.Equal("created", answer.Text("data", "idempotencyStatus"));
        var message = await tenant.ContentOfAsync(answer.Text("data", "id"));
        Assert.Equal("Hi <Ada>", message.Text("subject"));
        Assert.Equal("<p>Hi &lt;Ada&gt;, see <a href=\"https://example.com/\">this</a></p>", message.Text("content", "html"));
        Assert.Equal("Hi <Ada>, see this (https://example.com/)", message.Text("content", "text"));
        Assert.Equal(1L, await api.Application.QueryAsync<long>(
            "select count(*) from messages where organization_id = $1 and template_id is not null and template_version = 1", tenant.Organization.Value));
        Assert.NotEmpty(template.Text("id"));
    }

    [Fact]
    public async Task A_version_can_be_pinned()
    {
        var tenant = await api.TenantAsync();
        var first = (await tenant.CreateTemplateAsync(subject: "One", html: "x")).Text("activeVersion", "id");
        await tenant.PatchAsync("/v1/mail/templates/welcome", new { subject = "Two" });

        var pinned = await tenant.PostAsync("/v1/mail/send-template",
            new { template = "welcome", versionId = first, from = tenant.Sender, to = "ada@recipient.test" }, 202);

        Assert.Equal("One", (await tenant.ContentOfAsync(pinned.Text("data", "id"))).Text("subject"));
        var problem = await tenant.PostAsync("/v1/mail/send-template",
            new { template = "welcome", versionId = "1", from = tenant.Sender, to = "ada@recipient.test" }, 400);
        Assert.Equal(["/versionId invalid_value"], problem.FieldErrors());
    }

    [Fact]
    public async Task All_missing_variables_are_named_and_nothing_is_stored()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync(subject: "{{a}}", html: "{{#each items}}{{price}}{{/each}}{{b.c}}");

        var problem = await tenant.PostAsync("/v1/mail/send-template",
            tenant.Use("welcome", new { items = new object[] { new { price = 1 }, new { } } }), 422);

        Assert.Equal("missing_variables", problem.Text("code"));
        Assert.Equal(["/data/a missing_variable", "/data/b/c missing_variable", "/data/items/1/price missing_variable"], problem.FieldErrors());
        Assert.Equal(0L, await api.Application.QueryAsync<long>(
            "select count(*) from messages where organization_id = $1", tenant.Organization.Value));
    }

    [Fact]
    public async Task A_template_that_fails_on_the_data_says_where()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync(html: "a\n{{formatDate name}}");
        var problem = await tenant.PostAsync("/v1/mail/send-template", tenant.Use("welcome", new { name = "soon" }), 422);
        Assert.Equal("template_error", problem.Text("code"));
        Assert.Equal((2, 3), (problem.At("errors")[0].At("line").GetInt32(), problem.At("errors")[0].At("column").GetInt32()));
    }

    [Fact]
    public async Task Wrong_fields_are_named()
    {
        var tenant = await api.TenantAsync();
        var problem = await tenant.PostAsync("/v1/mail/send-template", new { html = "x", data = new[] { 1 }, to = "nobody", tempalte = "x" }, 400);
        Assert.Equal(
            ["/data invalid_type", "/from required", "/html invalid_value", "/tempalte unknown_field", "/template required", "/to invalid_email"],
            problem.FieldErrors());
        var both = await tenant.PostAsync("/v1/mail/send-template",
            new { template = "x", from = tenant.Sender, to = "a@recipient.test", data = new { }, variables = new { } }, 400);
        Assert.Equal(["/data invalid_value"], both.FieldErrors());
    }

    [Theory]
    [InlineData("no-such-template")]
    [InlineData("Not A Slug")]
    [InlineData("tpl_00000000000000000000000000")]
    public async Task A_template_that_does_not_exist_is_not_found(string template)
    {
        var tenant = await api.TenantAsync();
        Assert.Equal("not_found", (await tenant.PostAsync("/v1/mail/send-template", tenant.Use(template), 404)).Text("code"));
    }

    [Fact]
    public async Task An_archived_template_is_not_sent()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();
        await tenant.PatchAsync("/v1/mail/templates/welcome", new { status = "archived" });
        await tenant.PostAsync("/v1/mail/send-template", tenant.Use("welcome", new { name = "x" }), 404);
        await tenant.PatchAsync("/v1/mail/templates/welcome", new { status = "gone" }, 400);
    }

    [Fact]
    public async Task A_key_replays_the_message_and_refuses_other_data()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();
        using var first = await tenant.Client.PostJsonAsync("/v1/mail/send-template", tenant.Use("welcome", new { name = "Ada" }), "k1");
        using var again = await tenant.Client.PostJsonAsync("/v1/mail/send-template", tenant.Use("welcome", new { name = "Ada" }), "k1");
        using var other = await tenant.Client.PostJsonAsync("/v1/mail/send-template", tenant.Use("welcome", new { name = "Bob" }), "k1");
        Assert.Equal((await first.ReadAsync(202)).Text("data", "id"), (await again.ReadAsync(202)).Text("data", "id"));
        Assert.Equal("idempotency_conflict", (await other.ReadAsync(409)).Text("code"));
    }

    [Fact]
    public async Task Line_breaks_in_variables_do_not_reach_the_subject()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();
        var answer = await tenant.PostAsync("/v1/mail/send-template", tenant.Use("welcome", new { name = "x\r\nBcc: eve@evil.test\u2028" }), 202);
        Assert.Equal("Hi xBcc: eve@evil.test", (await tenant.ContentOfAsync(answer.Text("data", "id"))).Text("subject"));
    }

    [Fact]
    public async Task A_subject_that_grows_too_long_or_vanishes_is_refused()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync(subject: "{{default s ''}}", html: "x");
        await tenant.PostAsync("/v1/mail/send-template", tenant.Use("welcome", new { s = new string('x', 999) }), 422);
        await tenant.PostAsync("/v1/mail/send-template", tenant.Use("welcome", new { s = "" }), 422);
        await tenant.PostAsync("/v1/mail/send-template", tenant.Use("welcome", new { s = new string('x', 998) }), 202);
    }

    [Theory]
    [InlineData("/v1/mail/send", "variables")]
    [InlineData("/v1/mail/send", "data")]
    [InlineData("/v1/emails", "variables")]
    [InlineData("/v1/emails", "data")]
    public async Task Inline_bodies_take_variables(string path, string field)
    {
        var tenant = await api.TenantAsync();
        var body = new Dictionary<string, object>
        {
            ["from"] = tenant.Sender, ["to"] = "ada@recipient.test", ["subject"] = "{{n}}", ["html"] = "<b>{{n}}</b>", ["text"] = "{{n}}",
            [field] = new { n = "A & B" },
        };

        var answer = await tenant.PostAsync(path, body, 202);

        var id = path == "/v1/emails" ? answer.Text("id") : answer.Text("data", "id");
        var message = await tenant.ContentOfAsync(id);
        Assert.Equal("A & B", message.Text("subject"));
        Assert.Equal("<b>A &amp; B</b>", message.Text("content", "html"));
        Assert.Equal("A & B", message.Text("content", "text"));
        body[field] = new { };
        var problem = await tenant.PostAsync(path, body, path == "/v1/emails" ? 400 : 422);
        Assert.Equal([$"/{field}/n missing_variable"], problem.FieldErrors());
        body["html"] = "{{#if}}";
        Assert.Equal("template_error", (await tenant.PostAsync(path, body, path == "/v1/emails" ? 400 : 422)).Text("code"));
    }

    [Fact]
    public async Task Without_variables_braces_are_text()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync(new { from = tenant.Sender, to = "ada@recipient.test", subject = "{{a}}", text = "{{#b" });
        Assert.Equal("{{#b", (await tenant.ContentOfAsync(id)).Text("content", "text"));
    }

    [Fact]
    public async Task Html_without_text_gets_one()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync(new { from = tenant.Sender, to = "ada@recipient.test", subject = "s", html = "<h1>One</h1><p>Two</p>" });
        Assert.Equal("One\n\nTwo", (await tenant.ContentOfAsync(id)).Text("content", "text"));
        var image = await tenant.SendAsync(new { from = tenant.Sender, to = "ada@recipient.test", subject = "s", html = "<img src=x>" });
        Assert.Equal(JsonValueKind.Null, (await tenant.ContentOfAsync(image)).At("content", "text").ValueKind);
    }

    [Fact]
    public async Task Variables_that_are_no_bounded_data_are_refused()
    {
        var tenant = await api.TenantAsync();
        var problem = await tenant.PostAsync("/v1/mail/send",
            new { from = tenant.Sender, to = "ada@recipient.test", subject = "s", text = "t", variables = new { a = "x\0" } }, 400);
        Assert.Equal(["/variables invalid_value"], problem.FieldErrors());
    }
}
