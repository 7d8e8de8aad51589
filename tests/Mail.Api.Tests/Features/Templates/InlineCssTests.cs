using System.Text.Json;

namespace Mail.Api.Tests.Features.Templates;

[Collection(ApiCollection.Name)]
public sealed class InlineCssTests(ApiFixture api)
{
    private const string Html = "<style>td{padding:8px}td:hover{color:red}</style><table>{{#each items}}<tr><td>{{name}}</td></tr>{{/each}}</table>";
    private const string Sent = "<style>td:hover{color:red}</style><table><tr><td style=\"padding:8px\">A&amp;B</td></tr></table>";

    private static readonly object _data = new { items = new[] { new { name = "A&B" } } };

    [Theory]
    [InlineData("/v1/mail/templates", "/v1/mail/templates/receipt", "latestVersion")]
    [InlineData("/v1/templates", "/v1/templates/receipt", null)]
    public async Task The_styles_of_a_template_are_sent_in_its_elements(string path, string template, string? version)
    {
        var tenant = await api.TenantAsync();
        await tenant.PostAsync(path, new { name = "Receipt", subject = "s", html = Html, inlineCss = true }, 201);
        if (version is null)
            await tenant.PostAsync(template + "/publish", new { }, 200);

        var answer = await tenant.PostAsync("/v1/mail/send-template", tenant.Use("receipt", _data), 202);

        Assert.Equal(Sent, (await tenant.ContentOfAsync(answer.Text("data", "id"))).Text("content", "html"));
        var read = await tenant.Client.GetJsonAsync(template);
        var content = version is null ? read : read.At("data", version);
        Assert.Equal(Html, content.Text("html"));
        Assert.True(content.At("inlineCss").GetBoolean());
    }

    [Fact]
    public async Task A_preview_shows_what_is_sent_and_warns_of_what_could_not_be_inlined()
    {
        var tenant = await api.TenantAsync();
        var content = new { name = "Receipt", subject = "s", html = Html, inlineCss = true };
        await tenant.PostAsync("/v1/mail/templates", content, 201);

        var stored = (await tenant.PostAsync("/v1/mail/templates/receipt/preview", new { data = _data }, 200)).At("data");
        var unstored = (await tenant.PostAsync("/v1/mail/templates/preview", new { content.subject, content.html, content.inlineCss, data = _data }, 200)).At("data");

        Assert.Equal(Sent, stored.Text("html"));
        Assert.Contains("td:hover", Assert.Single(stored.At("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.True(JsonElement.DeepEquals(stored, unstored));
    }

    [Fact]
    public async Task It_is_part_of_the_content_so_changing_it_makes_a_version()
    {
        var tenant = await api.TenantAsync();
        await tenant.PostAsync("/v1/mail/templates", new { name = "Receipt", subject = "s", html = Html }, 201);

        Assert.Equal(2, await VersionAsync(tenant, new { inlineCss = true }));
        Assert.Equal(2, await VersionAsync(tenant, new { inlineCss = true, html = Html }));
        Assert.Equal(3, await VersionAsync(tenant, new { text = "t" }));
        var version = await tenant.PostAsync("/v1/mail/templates/receipt/versions", new { subject = "new", activate = true }, 201);
        Assert.True(version.At("data", "inlineCss").GetBoolean());
        var preview = await tenant.PostAsync("/v1/mail/templates/receipt/preview", new { data = _data }, 200);
        Assert.Equal(Sent, preview.Text("data", "html"));
        Assert.Equal(5, await VersionAsync(tenant, new { inlineCss = false }));
        preview = await tenant.PostAsync("/v1/mail/templates/receipt/preview", new { data = _data }, 200);
        Assert.Empty(preview.At("data", "warnings").EnumerateArray());
    }

    [Fact]
    public async Task A_template_of_text_only_has_nothing_to_inline()
    {
        var tenant = await api.TenantAsync();
        var template = await tenant.PostAsync("/v1/mail/templates", new { name = "Receipt", subject = "s", text = "t", inlineCss = true }, 201);
        Assert.True(template.At("data", "latestVersion", "inlineCss").GetBoolean());
    }

    [Fact]
    public async Task Too_much_css_is_refused_with_the_reason()
    {
        var tenant = await api.TenantAsync();
        var html = $"<style>p{{color:red}}</style>{string.Concat(Enumerable.Repeat("<div>", 300))}";

        var problem = await tenant.PostAsync("/v1/mail/templates", new { name = "Receipt", subject = "s", html, inlineCss = true }, 422);

        Assert.Equal("template_error", problem.Text("code"));
        Assert.Contains("deeper than 256", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_goes_with_html_and_not_with_a_design()
    {
        var tenant = await api.TenantAsync();
        var design = new { schema = 1, children = Array.Empty<string>(), blocks = new { } };
        var problem = await tenant.PostAsync("/v1/mail/templates", new { name = "R", subject = "s", design, inlineCss = true }, 400);
        Assert.Contains("/inlineCss invalid_value", problem.FieldErrors());
        problem = await tenant.PostAsync("/v1/mail/templates", new { name = "R", subject = "s", html = Html, inlineCss = "yes" }, 400);
        Assert.Equal(["/inlineCss invalid_type"], problem.FieldErrors());
    }

    private static async Task<int> VersionAsync(Tenant tenant, object change) =>
        (await tenant.PatchAsync("/v1/mail/templates/receipt", change)).At("data", "latestVersion", "versionNumber").GetInt32();
}
