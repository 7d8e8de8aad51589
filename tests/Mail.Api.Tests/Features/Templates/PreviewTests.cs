using System.Text.Json;

namespace Mail.Api.Tests.Features.Templates;

[Collection(ApiCollection.Name)]
public sealed class PreviewTests(ApiFixture api)
{
    [Fact]
    public async Task A_preview_shows_all_parts_and_what_is_missing()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync(html: "<p>{{name}} {{city}}</p>");

        var preview = (await tenant.PostAsync("/v1/mail/templates/welcome/preview", new { data = new { name = "Ada" } }, 200)).At("data");

        Assert.Equal("Hi Ada", preview.Text("subject"));
        Assert.Equal("<p>Ada </p>", preview.Text("html"));
        Assert.Equal("Ada", preview.Text("text"));
        Assert.Equal(["city"], preview.At("missingVariables").EnumerateArray().Select(name => name.GetString()!));
        Assert.Empty(preview.At("warnings").EnumerateArray());
    }

    [Fact]
    public async Task A_version_can_be_chosen_and_the_sample_leaves_nothing_missing()
    {
        var tenant = await api.TenantAsync();
        var template = await tenant.CreateTemplateAsync();
        await tenant.PatchAsync("/v1/mail/templates/welcome", new { subject = "New" });
        var body = new { data = template.At("activeVersion", "sample"), versionId = template.Text("activeVersion", "id") };

        var preview = (await tenant.PostAsync("/v1/mail/templates/welcome/preview", body, 200)).At("data");

        Assert.Equal("Hi Name", preview.Text("subject"));
        Assert.Empty(preview.At("missingVariables").EnumerateArray());
    }

    [Fact]
    public async Task A_mail_that_would_be_cut_off_is_warned_about()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync(html: new string('x', 120_000));
        var preview = (await tenant.PostAsync("/v1/mail/templates/welcome/preview", new { data = new { name = "" } }, 200)).At("data");
        Assert.Contains("117 KB", Assert.Single(preview.At("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_stored_yet_can_be_previewed()
    {
        var tenant = await api.TenantAsync();
        var preview = await tenant.PostAsync("/v1/mail/templates/preview", new { subject = "{{a}}", text = "{{upper a}}", data = new { a = "b" } }, 200);
        Assert.Equal("B", preview.Text("data", "text"));
        Assert.Equal("template_error", (await tenant.PostAsync("/v1/mail/templates/preview", new { text = "{{" }, 422)).Text("code"));
        Assert.Equal(["/data invalid_type", "/html required"], (await tenant.PostAsync("/v1/mail/templates/preview", new { data = 1 }, 400)).FieldErrors());
    }

    [Fact]
    public async Task A_hostile_template_ends_with_a_reason()
    {
        var tenant = await api.TenantAsync();
        var each = string.Concat(Enumerable.Repeat("{{#each @root.list}}", 10)) + string.Concat(Enumerable.Repeat("{{/each}}", 10));
        await tenant.CreateTemplateAsync(html: each);
        var body = new { data = new { name = "x", list = Enumerable.Range(0, 1000) } };
        Assert.Contains("steps", (await tenant.PostAsync("/v1/mail/templates/welcome/preview", body, 422)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_send_sends_the_latest_version_and_is_recorded()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();
        await tenant.PostAsync("/v1/mail/send-template", tenant.Use("welcome", new { name = "Ada" }), 202);
        await tenant.PostAsync("/v1/mail/templates/welcome/versions", new { subject = "Draft {{name}}" }, 201);

        var answer = await tenant.PostAsync("/v1/mail/templates/welcome/test-send",
            new { from = tenant.Sender, to = "me@recipient.test", data = new { name = "Ada" } }, 202);

        Assert.Equal("queued", answer.Text("data", "status"));
        var message = await tenant.ContentOfAsync(answer.Text("data", "messageId"));
        Assert.Equal("Draft Ada", message.Text("subject"));
        Assert.EndsWith("mail.template.test_sent 2", await tenant.EventsOfAsync("welcome"), StringComparison.Ordinal);
        Assert.Equal("api, template_test", await api.Application.QueryAsync<string>(
            "select string_agg(source, ', ' order by id) from messages where organization_id = $1", tenant.Organization.Value));
        Assert.NotEqual(JsonValueKind.Null, (await tenant.Client.GetJsonAsync("/v1/mail/templates/welcome")).At("data", "lastTestSentAt").ValueKind);
        Assert.Equal("missing_variables", (await tenant.PostAsync("/v1/mail/templates/welcome/test-send",
            new { from = tenant.Sender, to = "me@recipient.test" }, 422)).Text("code"));
    }
}
