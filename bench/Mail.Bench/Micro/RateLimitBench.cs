using System.Diagnostics;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.RateLimits;
using Mail.Integrations.Redis;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Mail.Bench.Micro;

/// <summary>What the rate limiter costs a request, with a real Redis: far from the limit, and where every request is counted there.</summary>
internal static class RateLimitBench
{
    private const int Callers = 128;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(3);

    internal static async Task RunAsync(TextWriter output)
    {
        await using var redis = await RedisServer.StartAsync();
        output.WriteLine($"{"rate limiter, 128 requests at a time",-44} {"op/s",10} {"us/op",8} {"scripts/op",12}");
        await MeasureAsync(output, redis, "one key far from its limit", perSecond: 1_000_000, keys: 1);
        await MeasureAsync(output, redis, "1,000 keys of 10/s each", perSecond: 10, keys: 1000);
        await redis.StopAsync();
        await MeasureAsync(output, redis, "one key, without Redis", perSecond: 1_000_000, keys: 1);
    }

    /// <param name="output">Where the line goes.</param>
    /// <param name="redis">May be stopped.</param>
    /// <param name="what">Its name.</param>
    /// <param name="perSecond">The limit of each caller.</param>
    /// <param name="keys">So many callers take turns.</param>
    private static async Task MeasureAsync(TextWriter output, RedisServer redis, string what, int perSecond, int keys)
    {
        using var host = Build(redis, perSecond);
        var limiter = host.Services.GetRequiredService<RateLimiter>();
        var client = host.Services.GetRequiredService<RedisClient>();
        var callers = Enumerable.Range(0, keys).Select(_ => NewCaller()).ToArray();
        await RunAsync(limiter, TimeSpan.FromSeconds(1), callers);
        var before = await ScriptsAsync(client);
        var watch = Stopwatch.StartNew();
        var done = await RunAsync(limiter, Measured, callers);
        var elapsed = watch.Elapsed;
        var scripts = await ScriptsAsync(client) - before;
        output.WriteLine($"{what,-44} {done / elapsed.TotalSeconds,10:N0} {elapsed.TotalMicroseconds / done,8:N1} {(double)scripts / done,12:N4}");
    }

    private static async Task<long> RunAsync(RateLimiter limiter, TimeSpan time, (OrganizationId, ApiKeyId)[] callers)
    {
        var watch = Stopwatch.StartNew();
        var done = await Task.WhenAll(Enumerable.Range(0, Callers).Select(first => Task.Run(async () =>
        {
            var mine = 0L;
            for (; watch.Elapsed < time; mine++)
            {
                var (organization, key) = callers[(first + mine) % callers.Length];
                await limiter.TakeAsync(organization, key, RatePolicy.Send, CancellationToken.None);
            }
            return mine;
        })));
        return done.Sum();
    }

    private static (OrganizationId, ApiKeyId) NewCaller() =>
        (PrefixedId.New<OrganizationId>(TimeProvider.System), PrefixedId.New<ApiKeyId>(TimeProvider.System));

    private static async Task<long> ScriptsAsync(RedisClient client)
    {
        if (!client.IsConnected)
            return 0;
        var statistics = (string)(await client.ExecuteAsync(["INFO", "commandstats"])).Value!;
        var line = statistics.Split('\n').FirstOrDefault(line => line.StartsWith("cmdstat_evalsha:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split("calls=")[1].Split(',')[0]);
    }

    private static IHost Build(RedisServer redis, int perSecond)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["Mail:RateLimits:SendPerSecond"] = builder.Configuration["Mail:RateLimits:SendPerSecondPerKey"] = perSecond.ToString();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => new RedisClient(RedisConfiguration.Parse(redis.ConnectionString)));
        // Nothing is there: the configured limits hold.
        builder.Services.AddSingleton(NpgsqlDataSource.Create("Host=127.0.0.1;Port=1"));
        builder.Services.AddSingleton<RateLimitStore>();
        builder.AddRateLimits();
        return builder.Build();
    }
}
