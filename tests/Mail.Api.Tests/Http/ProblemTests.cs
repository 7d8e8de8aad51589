using Mail.Api.Http;
using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Http;

[Collection(ApiCollection.Name)]
public sealed class ProblemTests(ApiFixture api)
{
    [Fact]
    public async Task A_problem_has_the_members_of_both_readers()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send?x=1", new { });

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = await response.ReadAsync(400);
        Assert.EndsWith("/errors/validation_error", problem.Text("type"), StringComparison.Ordinal);
        Assert.NotEmpty(problem.Text("title"));
        Assert.Equal(400, problem.At("status").GetInt32());
        Assert.Equal("/v1/mail/send", problem.Text("instance"));
        Assert.Equal("validation_error", problem.Text("code"));
        Assert.False(problem.At("success").GetBoolean());
        Assert.Equal(problem.Text("detail"), problem.Text("message"));
        Assert.Equal("validation_error", problem.Text("error", "code"));
        Assert.Equal(problem.Text("detail"), problem.Text("error", "message"));
        Assert.Equal($"req_{Assert.Single(response.Headers.GetValues("X-Request-Id"))}", problem.Text("requestId"));
    }

    [Theory]
    [InlineData("GET", "/nope", 404, "not_found")]
    [InlineData("GET", "/v1/mail/nope", 404, "not_found")]
    [InlineData("GET", "/v1/mail/send", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/emails", 405, "method_not_allowed")]
    public async Task An_unknown_address_or_method_is_a_problem_too(string method, string path, int status, string code)
    {
        using var client = api.Application.CreateClient();

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, (await response.ReadAsync(status)).Text("code"));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/errors/forbidden")]
    [InlineData("/nope")]
    public async Task Every_answer_has_a_request_id(string path)
    {
        using var client = api.Application.CreateClient();

        using var response = await client.GetAsync(path);

        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(response.Headers.GetValues("X-Request-Id")));
    }

    [Fact]
    public async Task Every_kind_of_problem_has_its_page()
    {
        using var client = api.Application.CreateClient();
        foreach (var kind in ProblemKind.All)
            Assert.StartsWith($"# {kind.Code}\n", await client.GetStringAsync($"/errors/{kind.Code}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_page_belongs_to_a_kind_of_problem()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "errors"), "*.md").Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(ProblemKind.All.Select(kind => kind.Code).Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
    }
}
