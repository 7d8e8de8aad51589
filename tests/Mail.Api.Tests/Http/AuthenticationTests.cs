using Mail.Api.Http;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Http;

[Collection(ApiCollection.Name)]
public sealed class AuthenticationTests(ApiFixture api)
{
    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer nonsense")]
    [InlineData("Bearer ms_live_abcdefgh_short")]
    [InlineData("Bearer ms_live_abcdefgh_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("Basic YTpi")]
    public async Task A_missing_malformed_or_unknown_key_is_401(string? header)
    {
        using var client = api.Application.CreateClient();
        if (header is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        using var response = await client.PostTextAsync("/v1/mail/send", "not even JSON");

        Assert.Equal("Bearer", Assert.Single(response.Headers.GetValues("WWW-Authenticate")));
        Assert.Equal("unauthorized", (await response.ReadAsync(401)).Text("code"));
    }

    [Fact]
    public async Task A_key_with_another_secret_or_mode_is_401()
    {
        var tenant = await api.TenantAsync();
        var key = await tenant.KeyAsync([Scopes.FullAccess]);
        foreach (var text in new[] { key.Reveal()[..^1] + "-", key.Reveal().Replace("ms_live_", "ms_test_", StringComparison.Ordinal) })
        {
            using var response = await api.Application.ClientWith(text).PostJsonAsync("/v1/mail/send", tenant.Message());

            await response.ReadAsync(401);
        }
    }

    [Theory]
    [InlineData("expires_at = now() - interval '1 second'")]
    [InlineData("revoked_at = now()")]
    public async Task An_expired_or_revoked_key_is_401(string change)
    {
        var tenant = await api.TenantAsync();
        var key = await tenant.KeyAsync([Scopes.FullAccess]);
        await api.Application.ExecuteAsync($"update api_keys set {change} where prefix = $1", key.Prefix);

        using var response = await api.Application.ClientWith(key.Reveal()).PostJsonAsync("/v1/mail/send", tenant.Message());

        await response.ReadAsync(401);
    }

    [Fact]
    public async Task A_missing_scope_is_403_and_named()
    {
        var tenant = await api.TenantAsync();
        var client = await tenant.WithKeyAsync([Scopes.EmailsRead]);

        using var response = await client.PostTextAsync("/v1/mail/send", "not even JSON");

        var problem = await response.ReadAsync(403);
        Assert.Equal("forbidden", problem.Text("code"));
        Assert.Contains("emails:send", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_scope_alone_is_enough()
    {
        var tenant = await api.TenantAsync();
        var sender = await tenant.WithKeyAsync([Scopes.EmailsSend]);
        using var sent = await sender.PostJsonAsync("/v1/mail/send", tenant.Message());
        var id = (await sent.ReadAsync(202)).Text("data", "id");

        await sender.GetJsonAsync($"/v1/mail/messages/{id}", 403);
        await (await tenant.WithKeyAsync([Scopes.EmailsRead])).GetJsonAsync($"/v1/mail/messages/{id}");
    }

    [Fact]
    public async Task A_test_key_sends_in_test_mode()
    {
        var tenant = await api.TenantAsync();
        var client = await tenant.WithKeyAsync([Scopes.FullAccess], SendingMode.Test);
        using var sent = await client.PostJsonAsync("/v1/mail/send", tenant.Message());
        var id = (await sent.ReadAsync(202)).Text("data", "id");

        Assert.Equal("test", (await client.GetJsonAsync($"/v1/mail/messages/{id}")).Text("data", "mode"));
    }

    [Fact]
    public void Every_versioned_route_asks_for_a_known_scope()
    {
        var routes = api.Application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.Contains("/v1/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(routes);
        Assert.All(routes, endpoint => Assert.Contains(endpoint.Metadata.GetMetadata<RequiredScope>()?.Scope, Scopes.All.AsEnumerable()));
    }
}
