using Mail.ServiceDefaults.Discovery;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Integrations.Tests.ServiceDefaults;

public sealed class ServiceDiscoveryTests
{
    private static readonly ServiceEndpoints Endpoints = new(new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("services:api:http:0", "http://127.0.0.1:5001"),
        new("services:api:https:0", "https://127.0.0.1:5002"),
        new("services:worker:http:0", "http://127.0.0.1:1"),
        new("services:worker:http:1", "http://127.0.0.1:2"),
        new("services:inbound:smtp:0", "tcp://127.0.0.1:2525"),
    ]).Build());

    [Theory]
    [InlineData("http://api/v1?x=1", "http://127.0.0.1:5001/v1?x=1")]
    [InlineData("https://api/v1", "https://127.0.0.1:5002/v1")]
    [InlineData("https+http://api/v1", "https://127.0.0.1:5002/v1")]
    [InlineData("https+http://worker/", "http://127.0.0.1:1/")]
    [InlineData("tcp://_smtp.inbound/", "tcp://127.0.0.1:2525/")]
    [InlineData("http://example.com/a", "http://example.com/a")]
    public void Names_become_addresses(string name, string address)
    {
        // Replicas are taken in turn: every second answer is the first one's.
        var answers = new[] { Endpoints.Resolve(new Uri(name)), Endpoints.Resolve(new Uri(name)) };
        Assert.Contains(new Uri(address), answers);
    }

    [Fact]
    public void Replicas_are_taken_in_turn()
    {
        var ports = Enumerable.Range(0, 4).Select(_ => Endpoints.Resolve(new Uri("http://worker")).Port).ToArray();
        Assert.Equal(ports[0], ports[2]);
        Assert.NotEqual(ports[0], ports[1]);
    }

    [Fact]
    public void An_endpoint_that_the_service_lacks_is_named()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Endpoints.Resolve(new Uri("https://worker")));
        Assert.Contains("services:worker:https:0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_client_of_the_factory_resolves_names()
    {
        await using var target = await TestHost.StartAsync(map: app => app.MapGet("/hello", () => "hello"));
        await using var host = await TestHost.StartAsync(settings: ("services:api:http:0", target.Http.BaseAddress!.ToString()));
        var http = host.App.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        Assert.Equal("hello", await http.GetStringAsync("https+http://api/hello"));
    }
}
