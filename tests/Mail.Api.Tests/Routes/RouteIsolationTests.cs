using System.Text;
using Xunit.Abstractions;

namespace Mail.Api.Tests.Routes;

/// <summary>An id of another organization is, at every route, what an id is that nothing has.</summary>
[Collection(ApiCollection.Name)]
public sealed class RouteIsolationTests(ApiFixture api, ITestOutputHelper output) : IAsyncLifetime
{
    private RouteSystem _system = null!;
    private Tenant _owner = null!;
    private Tenant _stranger = null!;

    public async Task InitializeAsync()
    {
        _system = await RouteSystem.StartAsync(api);
        _owner = await _system.Application.TenantAsync();
        _stranger = await _system.Application.TenantAsync();
    }

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Ids_of_another_organization_answer_as_unknown_ones_do_and_nothing_changes()
    {
        var ids = await RouteSeed.MakeAsync(_system, _owner);
        var readable = await ReadableAsync(ids);
        output.WriteLine($"{ids.Count} kinds of ids: {string.Join(", ", ids.Keys)}");
        var routes = _system.Routes.Where(route => route is { HasId: true, IsTwin: false, Scope: not null }).ToList();
        output.WriteLine($"read with an id of their own: {readable.Count} of {routes.Count(route => route.Method == "GET")} routes");

        foreach (var route in routes)
        {
            foreach (var (kind, id) in ids)
            {
                var theirs = await AskAsync(route, id);
                var unknown = await AskAsync(route, Unknown(kind, id));
                Assert.True(theirs == unknown, $"{route} tells {id} of another organization from an unknown id:\n{theirs}\n{unknown}");
                Assert.True(theirs.Status is >= 400 and < 500, $"{route} answered {theirs.Status} to {id} of another organization");
            }
        }

        foreach (var path in readable)
            Assert.True((await _owner.Client.GetAsync(path)).IsSuccessStatusCode, $"{path} is gone after another organization asked for it");
        Assert.Contains(readable, path => path.StartsWith("/v1/mail/messages/msg_", StringComparison.Ordinal));
        Assert.Contains(readable, path => path.StartsWith("/v1/api-keys/key_", StringComparison.Ordinal));
        Assert.True(readable.Count >= 8, $"Only {readable.Count} routes were read at all.");
    }

    [Fact]
    public async Task Lists_show_nothing_of_another_organization()
    {
        var ids = (await RouteSeed.MakeAsync(_system, _owner)).Values.ToHashSet();

        foreach (var route in _system.Routes.Where(route => route is { HasId: false, IsTwin: false, Method: "GET", Scope: not null }))
        {
            using var response = await _stranger.Client.GetAsync(route.Pattern);
            var body = await response.Content.ReadAsStringAsync();
            Assert.All(RouteSeed.Ids().Matches(body), match => Assert.False(ids.Contains(match.Value), $"{route} shows {match.Value} to another organization"));
            Assert.DoesNotContain(_owner.Domain, body, StringComparison.Ordinal);
        }
    }

    // Routes that show something of the owner to the owner: without these the comparison would prove nothing.
    private async Task<List<string>> ReadableAsync(Dictionary<string, string> ids)
    {
        var readable = new List<string>();
        foreach (var route in _system.Routes.Where(route => route is { HasId: true, IsTwin: false, Method: "GET", Scope: not null }))
        {
            foreach (var id in ids.Values)
            {
                using var response = await _owner.Client.GetAsync(route.PathWith(id));
                if (response.IsSuccessStatusCode)
                    readable.Add(route.PathWith(id));
            }
        }
        return readable;
    }

    private async Task<(int Status, string Body)> AskAsync(ApiRoute route, string id)
    {
        var content = route.TakesBody && route.BodyType(_system.Application.Services) is { } type
            ? new PlausibleBody(_stranger.Domain).Make(type, route.Pattern).ToJsonString()
            : null;
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.PathWith(id))
        {
            Content = content is null ? null : new StringContent(content, Encoding.UTF8, "application/json"),
        };
        using var response = await _stranger.Client.SendAsync(request);
        var trace = response.Headers.GetValues("X-Request-Id").Single();
        var body = (await response.Content.ReadAsStringAsync()).Replace(trace, "", StringComparison.Ordinal).Replace(id, "", StringComparison.Ordinal);
        return ((int)response.StatusCode, body);
    }

    private static string Unknown(string kind, string id) => $"{kind}_{(id[^1] == '0' ? '1' : '0')}{id[(kind.Length + 2)..^1]}{(id[^1] == '0' ? '1' : '0')}";
}
