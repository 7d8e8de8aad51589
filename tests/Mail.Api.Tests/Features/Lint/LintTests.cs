using Mail.Core.ApiKeys;

namespace Mail.Api.Tests.Features.Lint;

[Collection(ApiCollection.Name)]
public sealed class LintTests(ApiFixture api)
{
    [Theory]
    [InlineData("Your receipt", "<p>Thank you</p>", "")]
    [InlineData("LAST CHANCE TODAY", "<p>x</p>", "subject_shouts")]
    [InlineData("Win $$ now!!", "<p>x</p>", "subject_shouts")]
    [InlineData("Hi", "<img src=https://a.test/a.png>", "image_without_alt images_only")]
    [InlineData("Hi", "<p>x</p><img alt='A dog' src=https://a.test/a.png>", "")]
    [InlineData("Hi", "<p>x</p><script>alert(1)</script>", "html_active")]
    [InlineData("Hi", "<a href='https://evil.test/x'>https://bank.test/login</a>", "link_text_differs")]
    [InlineData("Hi", "<a href='http://192.0.2.7/x'>here</a>", "link_insecure link_to_address")]
    [InlineData("Hi", "<a href='https://a.test/?a=1&amp;b=2'>https://A.test</a>", "")]
    public async Task What_makes_a_message_arrive_badly_is_named(string subject, string html, string codes)
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/emails/lint", new { from = tenant.Sender, to = "ada@x.test", subject, html, text = "x" });
        var answer = await response.ReadAsync(200);

        Assert.True(answer.At("ok").GetBoolean());
        Assert.Equal(codes.Split(' ', StringSplitOptions.RemoveEmptyEntries), answer.At("findings").EnumerateArray().Select(finding => finding.Text("code")));
    }

    [Fact]
    public async Task What_would_be_refused_is_an_error_and_nothing_is_stored()
    {
        var tenant = await api.TenantAsync();

        using var domain = await tenant.Client.PostJsonAsync("/v1/emails/lint", new { from = "a@elsewhere.test", to = "ada@x.test", subject = "s", text = "t" });
        using var variables = await tenant.Client.PostJsonAsync("/v1/emails/lint",
            new { from = tenant.Sender, to = "ada@x.test", subject = "{{a}}", text = "{{b}}", variables = new { } });
        var refused = await domain.ReadAsync(200);

        Assert.False(refused.At("ok").GetBoolean());
        Assert.Equal(("error", "domain_not_verified"), (refused.At("findings")[0].Text("severity"), refused.At("findings")[0].Text("code")));
        Assert.Equal("missing_variables", (await variables.ReadAsync(200)).At("findings")[0].Text("code"));
        Assert.Equal(0L, await api.Application.QueryAsync<long>("select count(*) from messages where organization_id = $1", tenant.Organization.Value));
    }

    [Fact]
    public async Task Linting_needs_its_scope()
    {
        var tenant = await api.TenantAsync();
        var reader = await tenant.WithKeyAsync([Scopes.EmailsRead]);

        using var response = await reader.PostJsonAsync("/v1/emails/lint", tenant.Message());

        await response.ReadAsync(403);
    }
}
