using Aspire.DashboardService.Proto.V1;
using Aspire.Hosting;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Resource = Aspire.DashboardService.Proto.V1.Resource;

namespace Mail.EndToEnd.Tests.Hosting;

[Collection(HostingCollection.Name)]
public sealed class DashboardServiceTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly CancellationTokenSource _limit = new(Limit);
    private readonly ResourceServiceClient _client;
    private readonly DashboardProcess _dashboard;
    private readonly DistributedApplication _app;

    public DashboardServiceTests(HostingFixture fixture)
    {
        _app = fixture.App;
        _dashboard = _app.Services.GetRequiredService<DashboardProcess>();
        _client = new ResourceServiceClient(_dashboard.ServiceUrl!, _dashboard.ServiceKey);
    }

    public void Dispose()
    {
        _client.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task Caller_without_the_key_is_refused()
    {
        using var stranger = new ResourceServiceClient(_dashboard.ServiceUrl!, "guess");
        Assert.Equal("16", await stranger.StatusOfAsync("WatchResources", new WatchResourcesRequest(), _limit.Token));
    }

    [Fact]
    public async Task Unknown_method_is_answered_as_unimplemented() =>
        Assert.Equal("12", await _client.StatusOfAsync("Nonsense", new WatchResourcesRequest(), _limit.Token));

    [Fact]
    public async Task Added_addresses_stand_behind_the_endpoints_with_their_text()
    {
        var second = (await ResourcesAsync()).Single(r => r.DisplayName == "second");

        var urls = second.Urls.OrderByDescending(url => url.DisplayProperties.SortOrder).ToList();
        Assert.Equal("http", urls[0].EndpointName);
        Assert.Equal(("http://localhost/page", "A page"), (urls[1].FullUrl, urls[1].DisplayProperties.DisplayName));
    }

    [Fact]
    public async Task First_message_has_every_resource_with_state_health_address_and_relations()
    {
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("first", _limit.Token);
        var resources = await ResourcesAsync();
        Assert.Superset(
            new HashSet<string> { "postgres", "maildb", "redis", "storage", "blobs", "once", "first", "second" },
            resources.Select(r => r.DisplayName).ToHashSet());
        var first = resources.Single(r => r.DisplayName == "first");
        Assert.Equal("Running", first.State);
        Assert.Equal(HealthStatus.Healthy, Assert.Single(first.HealthReports).Status);
        Assert.Equal(_app.GetEndpoint("first").AbsoluteUri.TrimEnd('/'), Assert.Single(first.Urls).FullUrl);
        Assert.NotNull(first.Urls[0].DisplayProperties);
        Assert.All(resources, r => Assert.NotNull(r.CreatedAt));
        Assert.Contains(first.Environment, e => e.Name == "ConnectionStrings__maildb");
        Assert.Contains(first.Relationships, r => r is { ResourceName: "once", Type: "WaitFor" });
        Assert.Contains(first.Relationships, r => r is { ResourceName: "maildb", Type: "Reference" });
        Assert.Contains(resources.Single(r => r.DisplayName == "maildb").Relationships, r => r is { ResourceName: "postgres", Type: "Parent" });
    }

    [Fact]
    public async Task Console_log_has_what_was_written_and_then_what_is_written()
    {
        var name = _app.GetInstances("first").Single().Id;
        var request = new WatchResourceConsoleLogsRequest { ResourceName = name };
        using var web = _app.CreateHttpClient("first");
        var asked = false;
        await foreach (var update in _client.CallAsync("WatchResourceConsoleLogs", request, WatchResourceConsoleLogsUpdate.Parser, _limit.Token))
        {
            var text = string.Join('\n', update.LogLines.Select(l => l.Text));
            if (!asked && text.Contains(HostingFixture.Greeting, StringComparison.Ordinal))
            {
                asked = true;
                await web.GetAsync("/live-line", _limit.Token);
            }
            if (text.Contains("asked for /live-line", StringComparison.Ordinal))
            {
                Assert.True(update.LogLines.Single(l => l.Text.Contains("/live-line", StringComparison.Ordinal)).IsStdErr);
                return;
            }
        }
        Assert.Fail("The line did not arrive.");
    }

    [Fact]
    public async Task Restart_command_replaces_the_process()
    {
        var (id, _, _) = _app.GetInstances("second").Single();
        var running = await _app.ResourceNotifications.WaitForResourceAsync(
            "second", e => ResourceInstances.ProcessIdOf(e.Snapshot) is not null, _limit.Token);
        var before = ResourceInstances.ProcessIdOf(running.Snapshot);
        var response = await CommandAsync(id, "restart");
        Assert.Equal(ResourceCommandResponseKind.Succeeded, response.Kind);
        await _app.ResourceNotifications.WaitForResourceAsync(
            "second", e => ResourceInstances.ProcessIdOf(e.Snapshot) is { } now && now != before, _limit.Token);
    }

    [Fact]
    public async Task Command_for_a_resource_that_is_not_there_fails()
    {
        var response = await CommandAsync("nobody-12345678", "stop");
        Assert.Equal(ResourceCommandResponseKind.Failed, response.Kind);
        Assert.Contains("nobody-12345678", response.Message, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<Resource>> ResourcesAsync()
    {
        await foreach (var update in _client.CallAsync("WatchResources", new WatchResourcesRequest(), WatchResourcesUpdate.Parser, _limit.Token))
            return update.InitialData.Resources;
        throw new InvalidOperationException("The stream was empty.");
    }

    private async Task<ResourceCommandResponse> CommandAsync(string resource, string command)
    {
        var request = new ResourceCommandRequest { ResourceName = resource, CommandName = command };
        await foreach (var response in _client.CallAsync("ExecuteResourceCommand", request, ResourceCommandResponse.Parser, _limit.Token))
            return response;
        throw new InvalidOperationException("There was no answer.");
    }
}
