using System.Net;
using System.Text.Json;

namespace Mail.Api.Tests.Features.Templates;

[Collection(ApiCollection.Name)]
public sealed class AccountTemplatesTests(ApiFixture api)
{
    [Fact]
    public async Task A_draft_is_sent_only_after_it_is_published()
    {
        var tenant = await api.TenantAsync();
        var draft = await tenant.PostAsync("/v1/templates", new { name = "Welcome", subject = "Hi {{name}}", html = "<p>{{name}}</p>" }, 201);
        var id = draft.Text("id");
        Assert.Equal(0, draft.At("status").GetInt32());
        Assert.Equal(["name"], draft.At("variables").EnumerateArray().Select(name => name.GetString()!));
        var send = new { from = tenant.Sender, to = "ada@recipient.test", templateId = id, variables = new { name = "Ada" } };
        await tenant.PostAsync("/v1/emails", send, 404);

        Assert.Equal(1, (await tenant.PostAsync($"/v1/templates/{id}/publish", new { }, 200)).At("status").GetInt32());

        // A second later at most: what can be sent is remembered for as long.
        var other = await tenant.PostAsync("/v1/emails", new { send.from, send.to, templateId = "welcome", send.variables }, 202);
        Assert.Equal("Hi Ada", (await tenant.ContentOfAsync(other.Text("id"))).Text("subject"));
        Assert.Equal("active", (await tenant.Client.GetJsonAsync($"/v1/mail/templates/{id}")).Text("data", "status"));
    }

    [Fact]
    public async Task What_was_published_is_sent_until_the_draft_is()
    {
        var tenant = await api.TenantAsync();
        var id = (await tenant.PostAsync("/v1/templates", new { name = "News", subject = "One", text = "x" }, 201)).Text("id");
        await tenant.PostAsync($"/v1/templates/{id}/publish", new { }, 200);

        var draft = await tenant.PutAsync($"/v1/templates/{id}", new { name = "News", subject = "Two", html = "y" });

        Assert.True(draft.At("hasUnpublishedChanges").GetBoolean());
        Assert.Equal(JsonValueKind.Null, draft.At("text").ValueKind);
        Assert.Equal("One", await SubjectOfSendAsync(tenant, id));
        Assert.False((await tenant.PostAsync($"/v1/templates/{id}/publish", new { }, 200)).At("hasUnpublishedChanges").GetBoolean());
        Assert.Equal("Two", (await tenant.Client.GetJsonAsync($"/v1/mail/templates/{id}")).Text("data", "activeVersion", "subject"));
    }

    [Fact]
    public async Task A_subject_in_the_request_goes_before_that_of_the_template()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();
        var body = new { from = tenant.Sender, to = "ada@recipient.test", templateId = "welcome", subject = "For {{name}}", variables = new { name = "Ada" } };
        var id = (await tenant.PostAsync("/v1/emails", body, 202)).Text("id");
        Assert.Equal("For Ada", (await tenant.ContentOfAsync(id)).Text("subject"));
    }

    [Fact]
    public async Task Templates_are_listed_read_previewed_and_deleted()
    {
        var tenant = await api.TenantAsync();
        foreach (var name in (string[])["A", "B", "C"])
            await tenant.PostAsync("/v1/templates", new { name, subject = "s {{x}}", text = "t" }, 201);

        using var page = await tenant.Client.GetAsync("/v1/templates?limit=2");
        var rows = await page.ReadAsync(200);
        Assert.Equal(["C", "B"], rows.EnumerateArray().Select(row => row.Text("name")));
        Assert.Contains("rel=\"next\"", Assert.Single(page.Headers.GetValues("Link")), StringComparison.Ordinal);
        Assert.Equal("s {{x}}", (await tenant.Client.GetJsonAsync("/v1/templates/a")).Text("subject"));
        var preview = await tenant.PostAsync("/v1/templates/a/preview", new { variables = new { x = 1 } }, 200);
        Assert.Equal("s 1", preview.Text("subject"));
        using var deleted = await tenant.Client.DeleteAsync("/v1/templates/a");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await tenant.Client.GetJsonAsync("/v1/templates/a", 404);
        await tenant.PutAsync("/v1/templates/a", new { name = "x", subject = "s", text = "t" }, 404);
        await tenant.PostAsync("/v1/templates/a/publish", new { }, 404);
    }

    [Fact]
    public async Task Refusals_are_400_where_the_other_surface_says_422()
    {
        var tenant = await api.TenantAsync();
        Assert.Equal("template_error", (await tenant.PostAsync("/v1/templates", new { name = "x", subject = "{{", text = "t" }, 400)).Text("code"));
        Assert.Equal(["/html required", "/name required", "/subject required"], (await tenant.PostAsync("/v1/templates", new { }, 400)).FieldErrors());
    }

    private static async Task<string> SubjectOfSendAsync(Tenant tenant, string template)
    {
        var answer = await tenant.PostAsync("/v1/emails", new { from = tenant.Sender, to = "ada@recipient.test", templateId = template }, 202);
        return (await tenant.ContentOfAsync(answer.Text("id"))).Text("subject");
    }
}
