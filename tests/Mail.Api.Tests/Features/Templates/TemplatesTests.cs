using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Mail.Api.Tests.Features.Templates;

[Collection(ApiCollection.Name)]
public sealed class TemplatesTests(ApiFixture api)
{
    [Theory]
    [InlineData("/v1/mail/templates")]
    [InlineData("/api/v1/mail/templates")]
    public async Task A_template_is_made_with_its_first_version(string path)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync(path, new
        {
            name = "Weekly report", subject = "{{title}}", html = "<p>{{#each rows}}{{formatNumber total 2}}{{/each}}</p>", text = "{{default name 'x'}}",
        });

        var template = (await response.ReadAsync(201)).At("data");
        Assert.StartsWith("tpl_", template.Text("id"), StringComparison.Ordinal);
        Assert.Equal($"/v1/mail/templates/{template.Text("id")}", response.Headers.Location!.OriginalString);
        Assert.Equal("weekly-report", template.Text("slug"));
        Assert.Equal("active", template.Text("status"));
        var version = template.At("activeVersion");
        Assert.StartsWith("tpv_", version.Text("id"), StringComparison.Ordinal);
        Assert.Equal(1, version.At("versionNumber").GetInt32());
        Assert.Equal("code", version.Text("kind"));
        Assert.Equal("{{title}}", version.Text("subject"));
        Assert.Equal(
            ["title text True", "rows list True", "rows[].total number True", "name text False"],
            version.At("variables").EnumerateArray().Select(item => $"{item.Text("name")} {item.Text("kind")} {item.At("required").GetBoolean()}"));
        Assert.Equal(42, version.At("sample", "rows")[0].At("total").GetInt32());
        Assert.Single(template.At("versions").EnumerateArray());
        Assert.Equal("mail.template.created 1, mail.template.version.created 1", await tenant.EventsOfAsync("weekly-report"));
    }

    [Fact]
    public async Task A_template_is_found_by_id_and_by_slug()
    {
        var tenant = await api.TenantAsync();
        var id = (await tenant.CreateTemplateAsync()).Text("id");
        Assert.Equal(id, (await tenant.Client.GetJsonAsync($"/v1/mail/templates/{id}")).Text("data", "id"));
        Assert.Equal(id, (await tenant.Client.GetJsonAsync("/v1/mail/templates/welcome")).Text("data", "id"));
        await tenant.Client.GetJsonAsync("/v1/mail/templates/Not a slug", 404);
        await tenant.Client.GetJsonAsync("/v1/mail/templates/other", 404);
    }

    [Fact]
    public async Task All_wrong_fields_are_named()
    {
        var tenant = await api.TenantAsync();
        var problem = await tenant.PostAsync("/v1/mail/templates", new { name = "a\rb", slug = "No!", subject = "x\r\ny", htm = "x" }, 400);
        Assert.Equal(
            ["/htm unknown_field", "/html required", "/name invalid_characters", "/slug invalid_value", "/subject invalid_characters"], problem.FieldErrors());
        Assert.Equal(["/html required", "/name required", "/subject required"], (await tenant.PostAsync("/v1/mail/templates", new { }, 400)).FieldErrors());
        Assert.Equal(["/slug invalid_value"],
            (await tenant.PostAsync("/v1/mail/templates", new { name = "a", slug = "tpl_x", subject = "s", text = "t" }, 400)).FieldErrors());
    }

    [Fact]
    public async Task A_template_that_does_not_parse_is_refused_with_line_and_column_of_each_part()
    {
        var tenant = await api.TenantAsync();
        var problem = await tenant.PostAsync("/v1/mail/templates", new { name = "a", subject = "{{x", html = "<p>\n  {{#each items}}</p>" }, 422);
        Assert.Equal("template_error", problem.Text("code"));
        Assert.Equal(
            ["/subject 1 1", "/html 2 3"],
            problem.At("errors").EnumerateArray().Select(error => $"{error.Text("path")} {error.At("line")} {error.At("column")}"));
        Assert.Contains("{{/each}} is missing", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slug_is_taken_once_and_free_again_after_deletion()
    {
        var tenant = await api.TenantAsync();
        var first = (await tenant.CreateTemplateAsync()).Text("id");
        var problem = await tenant.PostAsync("/v1/mail/templates", new { name = "x", slug = "welcome", subject = "s", text = "t" }, 409);
        Assert.Equal(["/slug conflict"], problem.FieldErrors());
        var derived = (await tenant.PostAsync("/v1/mail/templates", new { name = "Welcome", subject = "s", text = "t" }, 201)).Text("data", "slug");
        Assert.StartsWith("welcome-", derived, StringComparison.Ordinal);
        await tenant.PatchAsync($"/v1/mail/templates/{derived}", new { slug = "welcome" }, 409);

        using var deleted = await tenant.Client.DeleteAsync("/v1/mail/templates/welcome");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await tenant.Client.GetJsonAsync($"/v1/mail/templates/{first}", 404);
        await tenant.CreateTemplateAsync();
        Assert.Single((await tenant.Client.GetJsonAsync("/v1/mail/templates?status=deleted")).At("data").EnumerateArray());
    }

    [Fact]
    public async Task Changed_content_makes_a_version_and_other_changes_do_not()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();

        var renamed = (await tenant.PatchAsync("/v1/mail/templates/welcome", new { name = "Hello", html = "<p>Hi {{name}}</p>" })).At("data");
        Assert.Equal(1, renamed.At("latestVersion", "versionNumber").GetInt32());
        var changed = (await tenant.PatchAsync("/v1/mail/templates/welcome", new { text = "Hi {{name}}" })).At("data");

        Assert.Equal("Hello", changed.Text("name"));
        Assert.Equal(2, changed.At("activeVersion", "versionNumber").GetInt32());
        Assert.Equal("<p>Hi {{name}}</p>", changed.Text("activeVersion", "html"));
        Assert.Equal("Hi {{name}}", changed.Text("activeVersion", "text"));
        Assert.Equal([2, 1], changed.At("versions").EnumerateArray().Select(version => version.At("versionNumber").GetInt32()));
        var bare = (await tenant.PatchAsync("/v1/mail/templates/welcome", new { html = "" })).At("data");
        Assert.Equal(JsonValueKind.Null, bare.At("activeVersion", "html").ValueKind);
        Assert.Equal("template_error", (await tenant.PatchAsync("/v1/mail/templates/welcome", new { text = "" }, 422)).Text("code"));
        Assert.Equal("template_error", (await tenant.PatchAsync("/v1/mail/templates/welcome", new { subject = "{{" }, 422)).Text("code"));
        Assert.Equal(
            "mail.template.created 1, mail.template.version.created 1, mail.template.updated 1, mail.template.version.created 2, "
            + "mail.template.updated 2, mail.template.version.created 3, mail.template.updated 3", await tenant.EventsOfAsync("welcome"));
    }

    [Fact]
    public async Task A_new_version_is_sent_after_it_is_activated()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();

        var version = (await tenant.PostAsync("/v1/mail/templates/welcome/versions", new { subject = "Second" }, 201)).At("data");

        Assert.Equal(2, version.At("versionNumber").GetInt32());
        Assert.False(version.At("active").GetBoolean());
        Assert.Equal("<p>Hi {{name}}</p>", version.Text("html"));
        var id = version.Text("id");
        Assert.Equal("Second", (await tenant.Client.GetJsonAsync($"/v1/mail/templates/welcome/versions/{id}")).Text("data", "subject"));
        Assert.Equal("Hi {{name}}", (await tenant.Client.GetJsonAsync("/v1/mail/templates/welcome")).Text("data", "activeVersion", "subject"));
        var activated = (await tenant.PostAsync($"/v1/mail/templates/welcome/versions/{id}/activate", new { }, 200)).At("data");
        Assert.Equal("Second", activated.Text("activeVersion", "subject"));
        await tenant.PostAsync($"/v1/mail/templates/welcome/versions/{id}/activate", new { }, 200);
        await tenant.PostAsync("/v1/mail/templates/welcome/versions/tpv_00000000000000000000000000/activate", new { }, 404);
        await tenant.Client.GetJsonAsync("/v1/mail/templates/welcome/versions/nonsense", 404);
        Assert.True((await tenant.PostAsync("/v1/mail/templates/welcome/versions", new { text = "x", activate = true }, 201)).At("data", "active").GetBoolean());
    }

    [Fact]
    public async Task Versions_made_at_the_same_moment_get_different_numbers()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();

        var numbers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
            (await tenant.PostAsync("/v1/mail/templates/welcome/versions", new { subject = $"s{number}" }, 201)).At("data", "versionNumber").GetInt32()));

        Assert.Equal(Enumerable.Range(2, 20), numbers.Order());
    }

    [Fact]
    public async Task Templates_are_listed_by_pages_and_filters()
    {
        var tenant = await api.TenantAsync();
        foreach (var slug in (string[])["a", "b", "c"])
            await tenant.CreateTemplateAsync(slug);
        await tenant.PatchAsync("/v1/mail/templates/b", new { status = "archived", name = "Old one" });

        var first = await tenant.Client.GetJsonAsync("/v1/mail/templates?limit=2");
        Assert.Equal(["c", "b"], Slugs(first));
        Assert.True(first.At("hasMore").GetBoolean());
        Assert.Equal(["a"], Slugs(await tenant.Client.GetJsonAsync($"/v1/mail/templates?limit=2&cursor={first.Text("nextCursor")}")));
        Assert.Equal(["b"], Slugs(await tenant.Client.GetJsonAsync("/v1/mail/templates?status=archived")));
        Assert.Equal(["b"], Slugs(await tenant.Client.GetJsonAsync("/v1/mail/templates?name=OLD")));
        Assert.Equal(["c"], Slugs(await tenant.Client.GetJsonAsync("/v1/mail/templates?slug=c")));
        Assert.Equal(
            ["?cursor invalid_value", "?limit out_of_range", "?status invalid_value"],
            (await tenant.Client.GetJsonAsync("/v1/mail/templates?limit=0&cursor=x&status=y", 400)).FieldErrors());
        var versions = await tenant.Client.GetJsonAsync("/v1/mail/templates/a/versions?limit=1");
        Assert.False(versions.At("hasMore").GetBoolean());

        static IEnumerable<string> Slugs(JsonElement list) => list.At("data").EnumerateArray().Select(item => item.Text("slug"));
    }

    [Fact]
    public async Task Versions_are_listed_by_pages()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();
        for (var number = 2; number <= 5; number++)
            await tenant.PostAsync("/v1/mail/templates/welcome/versions", new { subject = $"s{number}" }, 201);

        var first = await tenant.Client.GetJsonAsync("/v1/mail/templates/welcome/versions?limit=3");
        var second = await tenant.Client.GetJsonAsync($"/v1/mail/templates/welcome/versions?limit=3&cursor={first.Text("nextCursor")}");

        Assert.Equal([5, 4, 3], Numbers(first));
        Assert.Equal([2, 1], Numbers(second));

        static IEnumerable<int> Numbers(JsonElement list) => list.At("data").EnumerateArray().Select(item => item.At("versionNumber").GetInt32());
    }

    [Fact]
    public async Task Scopes_are_asked_for()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync();
        using var reader = await tenant.WithKeyAsync(["templates:read"]);
        using var sender = await tenant.WithKeyAsync(["emails:send"]);

        await reader.GetJsonAsync("/v1/mail/templates/welcome");
        using var write = await reader.PostJsonAsync("/v1/mail/templates", new { name = "x", subject = "s", text = "t" });
        Assert.Contains("templates:write", (await write.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
        using var send = await reader.PostJsonAsync("/v1/mail/send-template", tenant.Use("welcome", new { name = "Ada" }));
        Assert.Contains("emails:send", (await send.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
        await sender.GetJsonAsync("/v1/templates/welcome", 403);
        using var sent = await sender.PostJsonAsync("/v1/mail/send-template", tenant.Use("welcome", new { name = "Ada" }));
        await sent.ReadAsync(202);
    }

    [Fact]
    public async Task The_template_of_another_organization_does_not_exist()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var template = await other.CreateTemplateAsync();
        var id = template.Text("id");
        var version = template.Text("activeVersion", "id");
        await tenant.CreateTemplateAsync("mine");

        await tenant.Client.GetJsonAsync($"/v1/mail/templates/{id}", 404);
        await tenant.Client.GetJsonAsync($"/v1/templates/{id}", 404);
        await tenant.Client.GetJsonAsync($"/v1/mail/templates/mine/versions/{version}", 404);
        await tenant.PatchAsync($"/v1/mail/templates/{id}", new { name = "x" }, 404);
        await tenant.PostAsync($"/v1/mail/templates/{id}/preview", new { }, 404);
        await tenant.PostAsync($"/v1/mail/templates/{id}/versions", new { subject = "x" }, 404);
        await tenant.PostAsync($"/v1/mail/templates/mine/versions/{version}/activate", new { }, 404);
        await tenant.PostAsync($"/v1/mail/templates/{id}/test-send", new { from = tenant.Sender, to = "a@recipient.test" }, 404);
        await tenant.PostAsync("/v1/mail/send-template", tenant.Use(id, new { name = "x" }), 404);
        await tenant.PostAsync("/v1/mail/send-template", new { template = "mine", versionId = version, from = tenant.Sender, to = "a@recipient.test" }, 404);
        using var deleted = await tenant.Client.DeleteAsync($"/v1/mail/templates/{id}");
        Assert.Equal(HttpStatusCode.NotFound, deleted.StatusCode);
    }

    [Fact]
    public async Task A_source_beyond_the_limit_is_refused()
    {
        var tenant = await api.TenantAsync();
        var problem = await tenant.PostAsync("/v1/mail/templates", new { name = "a", subject = "s", html = new string('x', 1_000_001) }, 422);
        Assert.Contains("1000000 bytes", problem.Text("detail"), StringComparison.Ordinal);
        using var nul = await tenant.Client.PostAsync("/v1/mail/templates", JsonContent.Create(new { name = "a", subject = "s", html = "a\0b" }));
        Assert.Contains("NUL", (await nul.ReadAsync(422)).Text("detail"), StringComparison.Ordinal);
    }
}
