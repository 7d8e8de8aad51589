using System.Net.Http.Headers;
using Mail.Core.ApiKeys;

namespace Mail.Api.Tests.Features.Analytics;

[Collection(ApiCollection.Name)]
public sealed class AnalyticsTests(ApiFixture api)
{
    [Theory]
    [InlineData("/v1/mail/analytics")]
    [InlineData("/api/v1/mail/analytics")]
    public async Task What_was_accepted_is_counted_in_totals_and_series(string path)
    {
        var tenant = await api.TenantAsync();
        await tenant.SendAsync();
        await tenant.SendAsync();

        var data = (await tenant.Client.GetJsonAsync(path + "?interval=day")).At("data");

        Assert.Equal(2, data.At("totals", "accepted").GetInt64());
        Assert.Equal(0, data.At("totals", "uniqueOpened").GetInt64());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, data.At("totals", "latencyP95Ms").ValueKind);
        Assert.InRange(data.At("series").GetArrayLength(), 30, 32);
        Assert.Equal(2, data.At("series").EnumerateArray().Sum(point => point.At("accepted").GetInt64()));
        Assert.False(data.TryGetProperty("groups", out _));
    }

    [Fact]
    public async Task Groups_by_tag_have_the_totals_of_everything_once()
    {
        var tenant = await api.TenantAsync();
        await tenant.SendAsync(Tagged(tenant, new { kind = "receipt", vip = "" }));
        await tenant.SendAsync();

        var data = (await tenant.Client.GetJsonAsync("/v1/mail/analytics?groupBy=tag&interval=hour&from=" + HoursAgo(3))).At("data");

        Assert.Equal(2, data.At("totals", "accepted").GetInt64());
        Assert.Equal(["kind:receipt", "vip"], data.At("groups").EnumerateArray().Select(group => group.Text("group")).Order());
        Assert.Equal(["kind:receipt", "vip"], data.At("series").EnumerateArray().Select(point => point.Text("group")).Order());
    }

    [Fact]
    public async Task Another_organizations_counts_are_not_shown()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        await tenant.SendAsync();
        var data = (await other.Client.GetJsonAsync($"/v1/mail/analytics?domain={tenant.Domain}")).At("data");
        Assert.Equal(0, data.At("totals", "accepted").GetInt64());
    }

    [Fact]
    public async Task All_wrong_parameters_are_told()
    {
        var tenant = await api.TenantAsync();
        var problem = await tenant.Client.GetJsonAsync(
            "/v1/mail/analytics?from=2026-02-01&to=2026-01-01&interval=minute&groupBy=colour&template=x&timezone=Mars/Olympus&format=xml", 400);
        Assert.Equal(
            ["?format invalid_value", "?from out_of_range", "?groupBy invalid_value", "?interval invalid_value", "?template invalid_value", "?timezone invalid_value"],
            problem.FieldErrors());
        Assert.Equal(["?grupBy unknown_field"], (await tenant.Client.GetJsonAsync("/v1/mail/analytics?grupBy=tag", 400)).FieldErrors());
    }

    [Theory]
    [InlineData("?from=2020-01-01&to=2026-01-01", "?from out_of_range")]
    [InlineData("?from=2026-01-01&to=2026-06-01&interval=hour", "?interval out_of_range")]
    [InlineData("?timezone=EST5EDT4", "?timezone invalid_value")]
    [InlineData("?timezone=../../etc/passwd", "?timezone invalid_value")]
    public async Task What_is_asked_for_has_bounds(string query, string error)
    {
        var tenant = await api.TenantAsync();
        Assert.Equal([error], (await tenant.Client.GetJsonAsync("/v1/mail/analytics" + query, 400)).FieldErrors());
    }

    [Theory]
    [InlineData("&format=csv", "application/json")]
    [InlineData("", "text/csv")]
    public async Task A_table_does_not_run_formulas(string format, string accept)
    {
        var tenant = await api.TenantAsync();
        await tenant.SendAsync(Tagged(tenant, new Dictionary<string, string> { ["=cmd|' /C calc'!A0"] = "" }));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/mail/analytics?groupBy=tag&from={HoursAgo(2)}{format}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));

        using var response = await tenant.Client.SendAsync(request);

        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("period,group,accepted,", lines[0], StringComparison.Ordinal);
        Assert.Contains(",\"'=cmd|' /C calc'!A0\",1,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_needs_the_scope()
    {
        var tenant = await api.TenantAsync();
        var client = await tenant.WithKeyAsync([Scopes.EmailsRead]);
        Assert.Contains("analytics:read", (await client.GetJsonAsync("/v1/mail/analytics", 403)).Text("detail"), StringComparison.Ordinal);
    }

    private static string HoursAgo(int hours) => TimeProvider.System.GetUtcNow().AddHours(-hours).ToString("yyyy-MM-ddTHH:mm:ssZ", null);

    private static object Tagged(Tenant tenant, object tags) => new { from = tenant.Sender, to = "ada@recipient.test", subject = "s", text = "t", tags };
}
