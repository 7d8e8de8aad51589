using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Mail.Integrations.Tests.ServiceDefaults;

public sealed class ServerSpanTests
{
    [Fact]
    public async Task A_span_has_route_status_and_name()
    {
        var span = await SpanOfAsync("/things/7");
        Assert.Equal("GET /things/{id}", span.DisplayName);
        Assert.Equal("/things/{id}", span.GetTagItem("http.route"));
        Assert.Equal(418, span.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Theory]
    [InlineData("/throws", "System.InvalidOperationException")]
    [InlineData("/fails", "503")]
    public async Task A_failure_of_the_server_is_an_error(string path, string type)
    {
        var span = await SpanOfAsync(path);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(type, span.GetTagItem("error.type"));
        Assert.True(span.Recorded);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task A_probe_is_not_recorded(string path) => Assert.False((await SpanOfAsync(path)).Recorded);

    private static async Task<Activity> SpanOfAsync(string path)
    {
        using var observed = new Observed("Microsoft.AspNetCore");
        await using var host = await TestHost.StartAsync(map: app =>
        {
            app.MapGet("/things/{id}", (string id) => Results.StatusCode(id == "7" ? 418 : 200));
            app.MapGet("/fails", () => Results.StatusCode(503));
            app.MapGet("/throws", string () => throw new InvalidOperationException("a bug"));
        });
        // Other tests have spans too: this request's is known by its trace.
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var answer = await host.Http.SendAsync(request);
        Activity? Find() => observed.Spans.FirstOrDefault(span => span.TraceId == trace);
        await Eventually.TrueAsync(() => Find() is not null);
        return Find()!;
    }
}
