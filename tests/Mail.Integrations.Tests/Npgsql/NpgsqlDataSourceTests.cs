using Aspire.Npgsql;
using Mail.Integrations.Npgsql;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Integrations.Tests.Npgsql;

public sealed class NpgsqlDataSourceTests
{
    [Fact]
    public async Task The_data_source_of_the_name_reaches_its_database()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        using var host = Build(database.ConnectionString);
        var dataSource = host.Services.GetRequiredService<NpgsqlDataSource>();
        await using var command = dataSource.CreateCommand("SELECT current_database() || current_setting('application_name')");
        Assert.Equal(database.Name + "test-app", await command.ExecuteScalarAsync());
        await Eventually.TrueAsync(async () => await HealthAsync(host) == HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_crash_of_the_server_shows_in_the_health_check_and_passes()
    {
        await using var server = await PostgresServer.StartAsync();
        using var host = Build(server.ConnectionString);
        await Eventually.TrueAsync(async () => await HealthAsync(host) == HealthStatus.Healthy);
        await server.KillAsync();
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        await server.StartAgainAsync();
        await Eventually.TrueAsync(async () => await HealthAsync(host) == HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_missing_connection_string_stops_the_start_and_names_the_key()
    {
        using var host = Build(null);
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("ConnectionStrings:maildb", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__maildb", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=x;Prot=1")]
    [InlineData("Database=x")]
    [InlineData("Host=x;Port=hush")]
    public async Task A_malformed_connection_string_stops_the_start_and_names_the_key(string text)
    {
        using var host = Build(text);
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("ConnectionStrings:maildb", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_outs_come_from_the_connection_string_or_else_from_the_settings()
    {
        var settings = new NpgsqlSettings { ConnectionString = "Host=x;CommandTimeout=99;ApplicationName=mine" };
        var completed = NpgsqlConnections.Complete(settings, "app");
        Assert.Equal((5, 99, 30, "mine"), (completed.Timeout, completed.CommandTimeout, completed.KeepAlive, completed.ApplicationName));
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_in_time()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        using var host = Build($"Host=127.0.0.1;Port={port};Username=x;Timeout=1");
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static IHost Build(string? connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "test-app" });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:maildb", connectionString)]);
        builder.AddNpgsqlDataSource("maildb");
        return builder.Build();
    }

    private static async Task<HealthStatus> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;
}
