using Mail.Integrations.Redis;
using Mail.TestKit;
using Mail.TestKit.Servers;
using Mail.Worker.Shaping;

namespace Mail.Worker.Tests.Shaping;

public sealed class RateGateTests
{
    [Fact]
    public async Task Replicas_share_a_rate()
    {
        await using var server = await RedisServer.StartAsync();
        // Who waits longer keeps the rate alone.
        var configuration = RedisConfiguration.Parse(server.ConnectionString) with { ConnectTimeout = TimeSpan.FromSeconds(30), SyncTimeout = TimeSpan.FromSeconds(30) };
        await using var first = new RedisClient(configuration);
        await using var second = new RedisClient(configuration);
        RateGate[] gates = [new(first, TimeProvider.System), new(second, TimeProvider.System)];

        var waits = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
            waits.Add(await gates[i % 2].TakeAsync("gmail", perSecond: 1.0 / 60, burst: 5, CancellationToken.None));

        Assert.Equal(5, waits.Count(wait => wait == TimeSpan.Zero));
        Assert.All(waits.Skip(5), wait => Assert.InRange(wait, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60)));
        Assert.Equal(TimeSpan.Zero, await gates[0].TakeAsync("other", 1.0 / 60, 1, CancellationToken.None));
    }

    [Fact]
    public async Task Without_redis_each_replica_keeps_the_rate_by_itself()
    {
        var time = new ManualTime();
        await using var away = new RedisClient(RedisConfiguration.Parse("127.0.0.1:1"));
        foreach (var gate in new[] { new RateGate(away, time), new RateGate(null, time) })
        {
            Assert.Equal(TimeSpan.Zero, await gate.TakeAsync("gmail", 2, 1, CancellationToken.None));
            Assert.Equal(TimeSpan.FromMilliseconds(500), await gate.TakeAsync("gmail", 2, 1, CancellationToken.None));
            time.Advance(TimeSpan.FromMilliseconds(500));
            Assert.Equal(TimeSpan.Zero, await gate.TakeAsync("gmail", 2, 1, CancellationToken.None));
        }
    }
}
