using System.Text.Json;

namespace Mail.Api.Tests.Features.Templates;

[Collection(ApiCollection.Name)]
public sealed class UnsubscribeVariableTests(ApiFixture api)
{
    private const string StandIn = "https://unsubscribe.invalid/";
    private const string Html = "<a href=\"{{unsubscribeUrl}}\">Unsubscribe</a>";

    [Fact]
    public async Task A_message_with_unsubscription_has_the_address()
    {
        var tenant = await api.TenantAsync();
        await tenant.CreateTemplateAsync(subject: "Hi", html: Html);
        var message = new { template = "welcome", from = tenant.Sender, to = "ada@recipient.test", unsubscribe = true };

        var answer = await tenant.PostAsync("/v1/mail/send-template", message, 202);

        var content = (await tenant.ContentOfAsync(answer.Text("data", "id"))).At("content");
        Assert.Equal($"<a href=\"{StandIn}\">Unsubscribe</a>", content.Text("html"));
        Assert.Equal($"Unsubscribe ({StandIn})", content.Text("text"));
    }

    [Theory]
    [InlineData("/v1/mail/send", 422)]
    [InlineData("/v1/emails", 400)]
    public async Task A_message_without_is_refused_and_told_why(string path, int status)
    {
        var tenant = await api.TenantAsync();
        var message = new { from = tenant.Sender, to = "ada@recipient.test", subject = "s", html = Html, variables = new { } };

        var problem = await tenant.PostAsync(path, message, status);

        Assert.Equal("missing_variables", problem.Text("code"));
        Assert.Equal(["/variables/unsubscribeUrl missing_variable"], problem.FieldErrors());
        Assert.Contains("\"unsubscribe\": true", problem.At("errors")[0].Text("message"), StringComparison.Ordinal);
        problem = await tenant.PostAsync(path, new
        {
            message.from, message.to, message.subject, html = $"{{{{#each list}}}}{Html}{{{{/each}}}}", variables = new { list = new[] { 1 } }, unsubscribe = true,
        }, status);
        Assert.Contains("@root.unsubscribeUrl", problem.At("errors")[0].Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_of_that_name_takes_its_place()
    {
        var tenant = await api.TenantAsync();
        var answer = await tenant.PostAsync("/v1/mail/send", new
        {
            from = tenant.Sender, to = "ada@recipient.test", subject = "s", text = "{{unsubscribeUrl}}", variables = new { unsubscribeUrl = "https://own.test/" }, unsubscribe = true,
        }, 202);
        Assert.Equal("https://own.test/", (await tenant.ContentOfAsync(answer.Text("data", "id"))).Text("content", "text"));
    }

    [Fact]
    public async Task It_is_nothing_for_a_subject()
    {
        var tenant = await api.TenantAsync();
        var message = new { from = tenant.Sender, to = "ada@recipient.test", subject = "{{unsubscribeUrl}}", text = "t", variables = new { }, unsubscribe = true };
        var problem = await tenant.PostAsync("/v1/mail/send", message, 422);
        Assert.Equal(["/subject template_error"], problem.FieldErrors());
    }

    [Fact]
    public async Task It_has_not_to_be_given_and_a_preview_says_what_it_needs()
    {
        var tenant = await api.TenantAsync();
        var template = await tenant.CreateTemplateAsync(subject: "Hi", html: Html);
        Assert.Empty(template.At("activeVersion", "variables").EnumerateArray());

        var preview = (await tenant.PostAsync("/v1/mail/templates/welcome/preview", new { }, 200)).At("data");

        Assert.Empty(preview.At("missingVariables").EnumerateArray());
        Assert.Contains(StandIn, preview.Text("html"), StringComparison.Ordinal);
        Assert.Contains("\"unsubscribe\": true", Assert.Single(preview.At("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_footer_of_a_design_has_it_without_being_told()
    {
        var tenant = await api.TenantAsync();
        var design = JsonElement.Parse("""
            {"schema":1,"children":["r"],"blocks":{"r":{"type":"repeat","each":"list","children":["s"]},"s":{"type":"section","children":["c"]},
            "c":{"type":"column","children":["f"]},"f":{"type":"footer","content":"Example","unsubscribe":{"label":"Stop"}}}}
            """);
        await tenant.PostAsync("/v1/mail/templates", new { name = "Welcome", subject = "s", design }, 201);

        var answer = await tenant.PostAsync("/v1/mail/send-template",
            new { template = "welcome", from = tenant.Sender, to = "ada@recipient.test", data = new { list = new[] { 1 } }, unsubscribe = true }, 202);

        var content = (await tenant.ContentOfAsync(answer.Text("data", "id"))).At("content");
        Assert.Contains($"<a href=\"{StandIn}\"", content.Text("html"), StringComparison.Ordinal);
        Assert.Contains($"Stop: {StandIn}", content.Text("text"), StringComparison.Ordinal);
    }
}
