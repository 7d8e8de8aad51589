using System.Text;
using Mail.Core.ApiKeys;

namespace Mail.Api.Tests.Routes;

/// <summary>What holds for every route, whoever adds it.</summary>
[Collection(ApiCollection.Name)]
public sealed class RouteTableTests(ApiFixture api) : IAsyncLifetime
{
    // Open to everybody: probes, pages about errors and the API, and links that carry their own proof.
    private static readonly string[] Open = ["/health", "/alive", "/errors/{code}", "/openapi", "/docs", "/t/", "/u/", "/uploads/{token}", "/files/{token}", "/files/received/{token}"];

    private RouteSystem _system = null!;

    public async Task InitializeAsync() => _system = await RouteSystem.StartAsync(api);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public void Every_route_asks_for_a_known_scope_or_the_operator_or_is_open_on_purpose()
    {
        Assert.NotEmpty(_system.Routes);
        Assert.All(_system.Routes, route =>
        {
            Assert.Equal(1, new[] { route.Scope is not null, route.IsForOperator, route.IsOpen }.Count(asked => asked));
            if (route.Scope is { } scope)
                Assert.Contains(scope, Scopes.All.AsEnumerable());
            if (route.IsOpen)
                Assert.Contains(Open, open => route.Pattern.StartsWith(open, StringComparison.Ordinal));
            Assert.Equal(route.Pattern.StartsWith("/internal", StringComparison.Ordinal), route.IsForOperator);
        });
    }

    [Fact]
    public void What_changes_something_asks_for_more_than_reading() => Assert.All(
        _system.Routes.Where(route => route.Method is "PUT" or "PATCH" or "DELETE" && route.Scope is not null),
        route => Assert.False(route.Scope!.EndsWith(":read", StringComparison.Ordinal), $"{route} asks for {route.Scope} only."));

    [Fact]
    public void The_mail_surface_is_the_same_under_both_addresses() => Assert.Equal(
        _system.Routes.Where(route => route.Pattern.StartsWith("/v1/mail/", StringComparison.Ordinal)).Select(route => $"{route} {route.Scope}").Order(),
        _system.Routes.Where(route => route.IsTwin).Select(route => $"{route.Method} {route.Pattern[4..]} {route.Scope}").Order());

    [Fact]
    public async Task Without_a_key_every_route_is_401_before_anything_else()
    {
        using var client = _system.Application.CreateClient();
        foreach (var route in _system.Routes.Where(route => !route.IsOpen))
        {
            using var response = await client.SendAsync(Request(route));
            Assert.True(response.StatusCode == System.Net.HttpStatusCode.Unauthorized, $"{route} answered {(int)response.StatusCode} without a key.");
            Assert.Equal("Bearer", Assert.Single(response.Headers.GetValues("WWW-Authenticate")));
        }
    }

    [Fact]
    public async Task Without_its_scope_every_route_is_403_and_names_it()
    {
        var tenant = await _system.Application.TenantAsync();
        foreach (var scope in _system.Routes.Select(route => route.Scope).OfType<string>().Distinct())
        {
            using var client = await tenant.WithKeyAsync(Scopes.All.Except([scope, Scopes.FullAccess]));
            foreach (var route in _system.Routes.Where(route => route.Scope == scope))
            {
                using var response = await client.SendAsync(Request(route));
                var body = await response.Content.ReadAsStringAsync();
                Assert.True(response.StatusCode == System.Net.HttpStatusCode.Forbidden && body.Contains($"'{scope}'", StringComparison.Ordinal), $"{route}: {body}");
            }
        }
    }

    [Fact]
    public async Task Every_route_with_a_scope_is_rate_limited_and_carries_the_request_id()
    {
        var tenant = await _system.Application.TenantAsync();
        foreach (var route in _system.Routes.Where(route => route.Scope is not null))
        {
            using var response = await tenant.Client.SendAsync(Request(route), HttpCompletionOption.ResponseHeadersRead);
            foreach (var header in new[] { "RateLimit-Policy", "RateLimit", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "X-Request-Id" })
                Assert.True(response.Headers.Contains(header), $"{route} answers without {header}.");
            Assert.InRange((int)response.StatusCode, 200, 499);
        }
    }

    private static HttpRequestMessage Request(ApiRoute route) => new(new HttpMethod(route.Method), route.PathWith("nothing"))
    {
        Content = route.TakesBody ? new StringContent("{}", Encoding.UTF8, "application/json") : null,
    };
}
