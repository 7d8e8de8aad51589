using System.Text.Json;
using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Features.Templates;

[Collection(ApiCollection.Name)]
public sealed class DesignTests(ApiFixture api)
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Mail.Core.Tests/Templates/Design/Golden");

    private static JsonElement Receipt => JsonElement.Parse(File.ReadAllBytes(Path.Combine(Folder, "receipt.json")));

    private static JsonElement Data => JsonElement.Parse(File.ReadAllBytes(Path.Combine(Folder, "receipt.data.json")));

    [Fact]
    public async Task A_design_becomes_html_and_text_and_is_sent()
    {
        var tenant = await api.TenantAsync();
        var template = (await tenant.PostAsync("/v1/mail/templates",
            new { name = "Receipt", subject = "Order {{order.number}}", design = Receipt }, 201)).At("data", "activeVersion");
        Assert.Equal("design", template.Text("kind"));
        Assert.True(JsonElement.DeepEquals(Receipt, template.At("design")));
        Assert.Contains(template.At("variables").EnumerateArray(), variable => variable.Text("name") == "order.items[].price");

        var answer = await tenant.PostAsync("/v1/mail/send-template", tenant.Use("receipt", Data), 202);

        var message = await tenant.ContentOfAsync(answer.Text("data", "id"));
        Assert.Equal("Order R-2026/117", message.Text("subject"));
        Assert.Equal(File.ReadAllText(Path.Combine(Folder, "receipt.html")), message.Text("content", "html"));
        Assert.Equal(File.ReadAllText(Path.Combine(Folder, "receipt.txt")), message.Text("content", "text"));
        var preview = (await tenant.PostAsync("/v1/mail/templates/receipt/preview", new { data = template.At("sample") }, 200)).At("data");
        Assert.Empty(preview.At("missingVariables").EnumerateArray());
    }

    [Fact]
    public async Task The_same_design_makes_no_version_and_html_ends_it()
    {
        var tenant = await api.TenantAsync();
        await tenant.PostAsync("/v1/mail/templates", new { name = "Receipt", subject = "s", design = Receipt }, 201);
        Assert.Equal(1, (await tenant.PatchAsync("/v1/mail/templates/receipt", new { design = Receipt })).At("data", "latestVersion", "versionNumber").GetInt32());
        Assert.Equal("design", (await tenant.PatchAsync("/v1/mail/templates/receipt", new { subject = "t" })).Text("data", "latestVersion", "kind"));

        var code = (await tenant.PatchAsync("/v1/mail/templates/receipt", new { html = "<p>x</p>" })).At("data", "latestVersion");

        Assert.Equal("code", code.Text("kind"));
        Assert.Equal(JsonValueKind.Null, code.At("design").ValueKind);
        Assert.Equal(3, code.At("versionNumber").GetInt32());
    }

    [Theory]
    [InlineData("/v1/mail/templates")]
    [InlineData("/v1/templates")]
    [InlineData("/v1/mail/templates/preview")]
    public async Task A_wrong_design_is_refused_with_the_place_of_each_error(string path)
    {
        var tenant = await api.TenantAsync();
        var design = new
        {
            schema = 1, children = new[] { "s", "gone" },
            blocks = new { s = new { type = "section", children = new[] { "c" }, padding = 99 }, c = new { type = "column", childern = Array.Empty<string>() } },
        };
        object body = path.EndsWith("preview", StringComparison.Ordinal) ? new { subject = "s", design } : new { name = "x", subject = "s", design };
        var problem = await tenant.PostAsync(path, body, 400);
        Assert.Equal(
            ["/design/blocks/c/childern unknown_field", "/design/blocks/s/padding out_of_range", "/design/children/1 unknown_block"], problem.FieldErrors());
    }

    [Fact]
    public async Task A_design_stands_for_html_and_text()
    {
        var tenant = await api.TenantAsync();
        Assert.Equal(["/design invalid_value"],
            (await tenant.PostAsync("/v1/mail/templates", new { name = "x", subject = "s", html = "x", design = Receipt }, 400)).FieldErrors());
        Assert.Equal(["/design invalid_type"],
            (await tenant.PostAsync("/v1/mail/templates", new { name = "x", subject = "s", html = "x", design = "x" }, 400)).FieldErrors());
        var draft = await tenant.PostAsync("/v1/templates", new { name = "x", subject = "s", design = Receipt }, 201);
        Assert.Equal(1, draft.At("design", "schema").GetInt32());
        Assert.Contains("Thank you", draft.Text("html"), StringComparison.Ordinal);
    }
}
