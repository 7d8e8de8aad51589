using Mail.Integrations.Redis;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Integrations.Tests.Redis;

public sealed class RedisRegistrationTests
{
    [Fact]
    public async Task A_redis_that_is_away_degrades_and_does_not_stop_the_start()
    {
        await using var server = await RedisServer.StartAsync();
        await server.StopAsync();
        using var host = Build(server.ConnectionString);
        await host.StartAsync();
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(host));
        await server.StartAgainAsync();
        await Eventually.TrueAsync(async () => await HealthAsync(host) == HealthStatus.Healthy);
        await host.StopAsync();
    }

    [Theory]
    [InlineData(null, "ConnectionStrings:redis")]
    [InlineData("127.0.0.1:1,ssl=perhaps", "'ssl'")]
    public async Task A_missing_or_malformed_connection_string_stops_the_start_and_names_the_key(string? text, string named)
    {
        using var host = Build(text);
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_are_traced_and_measured_without_keys_or_values()
    {
        using var observed = new Observed("Mail.Redis");
        await using var redis = new RedisClient(RedisConfiguration.Parse((await RedisServer.SharedAsync()).ConnectionString + ",syncTimeout=20000"));
        await redis.StringSetAsync("secret-key", "secret-value");
        await Assert.ThrowsAsync<RedisServerException>(() => redis.ExecuteAsync(["NOSUCHCOMMAND", "secret-value"]));
        Assert.Contains(observed.Spans, span => span.DisplayName == "SET" && (string?)span.GetTagItem("db.system.name") == "redis");
        Assert.Contains(observed.Spans, span => span.DisplayName == "NOSUCHCOMMAND" && (string?)span.GetTagItem("error.type") == "ERR");
        Assert.DoesNotContain(observed.Spans, span => span.TagObjects.Any(tag => tag.Value is string text && text.Contains("secret", StringComparison.Ordinal)));
        Assert.Contains("db.client.operation.duration", observed.Instruments);
    }

    private static IHost Build(string? connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "test app" });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", connectionString)]);
        builder.AddRedisClient("redis");
        return builder.Build();
    }

    private static async Task<HealthStatus> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;
}
