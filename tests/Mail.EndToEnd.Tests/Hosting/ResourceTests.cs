using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Mail.EndToEnd.Tests.Hosting;

[Collection(HostingCollection.Name)]
public sealed class ResourceTests(HostingFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly CancellationTokenSource _limit = new(Limit);

    private CancellationToken Token => _limit.Token;

    private DistributedApplication App => fixture.App;

    [Fact]
    public async Task Database_exists_and_writes_survive_a_power_cut()
    {
        await using var connection = new NpgsqlConnection(await App.GetConnectionStringAsync("maildb", Token));
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(
            "SELECT current_database() || ' ' || current_setting('fsync') || ' ' || current_setting('synchronous_commit')", connection);
        Assert.Equal("maildb on on", await command.ExecuteScalarAsync(Token));
        Assert.Equal(18, connection.PostgreSqlVersion.Major);
    }

    [Fact]
    public async Task Services_get_connection_strings_and_addresses_as_Aspire_injects_them()
    {
        using var first = App.CreateHttpClient("first");
        var environment = await first.GetFromJsonAsync<Dictionary<string, string>>("/env", Token);
        Assert.Equal(await App.GetConnectionStringAsync("maildb", Token), environment!["ConnectionStrings__maildb"]);
        Assert.Matches(@"^Host=localhost;Port=\d+;Username=postgres;Password=\w+;Database=maildb$", environment["ConnectionStrings__maildb"]);
        Assert.Matches(@"^localhost:\d+,password=\w+$", environment["ConnectionStrings__redis"]);
        Assert.StartsWith("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;", environment["ConnectionStrings__blobs"]);

        using var second = App.CreateHttpClient("second");
        environment = await second.GetFromJsonAsync<Dictionary<string, string>>("/env", Token);
        Assert.Equal(App.GetEndpoint("first").AbsoluteUri.TrimEnd('/'), environment!["services__first__http__0"]);
    }

    [Fact]
    public async Task Proxied_service_listens_behind_its_address_and_a_proxyless_one_at_it()
    {
        using var second = App.CreateHttpClient("second");
        var proxied = await second.GetFromJsonAsync<Dictionary<string, string>>("/env", Token);
        Assert.NotEqual(second.BaseAddress!.Port.ToString(), proxied!["PORT"]);
        using var first = App.CreateHttpClient("first");
        var direct = await first.GetFromJsonAsync<Dictionary<string, string>>("/env", Token);
        Assert.Equal(first.BaseAddress!.Port.ToString(), direct!["PORT"]);
    }

    [Fact]
    public void One_shot_resource_ran_once()
    {
        var (_, processId, snapshot) = Assert.Single(App.GetInstances("once"));
        Assert.Null(processId);
        Assert.Equal(KnownResourceStates.Finished, snapshot.State?.Text);
        Assert.Equal(0, snapshot.ExitCode);
    }

    [Fact]
    public async Task Killed_service_comes_back()
    {
        var killed = App.GetProcessId("first");
        Process.GetProcessById(killed).Kill();
        var back = await App.ResourceNotifications.WaitForResourceAsync("first", e => IsHealthy(e, otherThan: killed), Token);
        Assert.NotEqual(killed, ResourceInstances.ProcessIdOf(back.Snapshot));
    }

    [Fact]
    public async Task Service_that_ends_with_an_error_comes_back()
    {
        var before = App.GetProcessId("second");
        using var client = App.CreateHttpClient("second");
        await Assert.ThrowsAnyAsync<Exception>(() => client.GetAsync("/exit", Token));
        await App.ResourceNotifications.WaitForResourceAsync("second", e => IsHealthy(e, otherThan: before), Token);
        Assert.Contains(App.GetLog(App.GetInstances("second")[0].Id), l => l.Contains("exit code 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Killed_redis_comes_back_at_the_same_address()
    {
        var killed = App.GetProcessId("redis");
        Process.GetProcessById(killed).Kill();
        await App.ResourceNotifications.WaitForResourceAsync("redis", e => IsHealthy(e, otherThan: killed), Token);
        using var client = new TcpClient();
        var endpoint = App.GetEndpoint("redis", "tcp");
        await client.ConnectAsync(endpoint.Host, endpoint.Port, Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("PING\r\n"), Token);
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("-NOAUTH", await reader.ReadLineAsync(Token));
    }

    [Fact]
    public async Task Stop_ends_the_process_and_start_begins_another()
    {
        // Another test may have ended it a moment ago.
        await App.ResourceNotifications.WaitForResourceHealthyAsync("second", Token);
        var before = App.GetProcessId("second");
        await App.CommandAsync("second", KnownResourceCommands.StopCommand, Token);
        Assert.Null(App.GetInstances("second")[0].ProcessId);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(before));
        await App.CommandAsync("second", KnownResourceCommands.StartCommand, Token);
        await App.ResourceNotifications.WaitForResourceAsync("second", e => IsHealthy(e, otherThan: before), Token);
    }

    [Fact]
    public async Task Restarted_postgres_keeps_its_data()
    {
        var text = await App.GetConnectionStringAsync("maildb", Token);
        await ExecuteAsync(text!, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)");
        var before = App.GetProcessId("postgres");
        await App.CommandAsync("postgres", KnownResourceCommands.RestartCommand, Token);
        await App.ResourceNotifications.WaitForResourceAsync("postgres", e => IsHealthy(e, otherThan: before), Token);
        await App.ResourceNotifications.WaitForResourceHealthyAsync("maildb", Token);
        Assert.Equal(42, await ExecuteAsync(text!, "SELECT id FROM kept"));
    }

    private async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }

    private static bool IsHealthy(ResourceEvent change, int otherThan) =>
        change.Snapshot.HealthStatus == HealthStatus.Healthy
        && ResourceInstances.ProcessIdOf(change.Snapshot) is { } running && running != otherThan;
}
