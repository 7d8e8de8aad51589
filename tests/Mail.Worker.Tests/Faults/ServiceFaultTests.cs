using Mail.TestKit.Servers;
using Mail.TestKit.Smtp;
using Xunit.Abstractions;

namespace Mail.Worker.Tests.Faults;

/// <summary>What workers need goes away while they deliver, and comes back. Nothing is lost, and nothing comes twice.</summary>
public sealed class ServiceFaultTests(ITestOutputHelper output)
{
    // No worker is lost here: none is to lose a lease because the machine is busy.
    private static readonly (string, string) LongLease = ("Mail:Queue:Lease", "00:00:30");

    [Fact]
    public async Task A_redis_that_forgets_and_goes_away_stops_nothing()
    {
        const int Count = 1000;
        var rules = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        // Without a rate there would be nothing to keep in Redis.
        await File.WriteAllTextAsync(rules, "provider | limited | d0.test d1.test d2.test | rate=200/s\n");
        await using var redis = await RedisServer.StartAsync();
        await using var system = await FaultSystem.StartAsync(settings:
            [("ConnectionStrings:redis", redis.ConnectionString), ("Mail:Shaping:RulesFile", rules), LongLease]);
        system.StartWorker();
        await system.AcceptAsync(Count);
        await system.UntilArrivedAsync(Count / 10);
        system.Fault();
        await redis.FlushAsync();
        await system.UntilArrivedAsync(Count / 4);
        await redis.KillAsync();
        await system.UntilArrivedAsync(Count / 2);
        await redis.StartAgainAsync();

        await ExpectWholeAsync(system, "Redis flushed, then away", Count);
        File.Delete(rules);
    }

    [Fact]
    public async Task A_resolver_that_is_away_delays_what_it_is_asked_for()
    {
        const int Count = 200;
        await using var system = await FaultSystem.StartAsync(settings: LongLease);
        system.Internet.Dns.Tamper = (_, _) => null;
        system.StartWorker();
        await system.AcceptAsync(Count);
        await system.Front.UntilAsync(async () => await system.Front.CountAsync("select count(*) from messages where status = 'deferred'") > 0,
            () => "nothing was deferred");
        Assert.Equal(0, system.Arrived);
        system.Fault();
        system.Internet.Dns.Tamper = null;

        await ExpectWholeAsync(system, "resolver away", Count);
    }

    [Fact]
    public async Task A_storm_of_421_ends_with_all_of_it_delivered()
    {
        const int Count = 3000;
        await using var system = await FaultSystem.StartAsync(settings: LongLease);
        system.OnAll(SmtpScript.Connect, SmtpStep.ReplyAndDrop("421 4.3.2 too much to do"));
        await system.AcceptAsync(Count);
        system.StartWorker();
        await system.Front.UntilAsync(async () => await system.Front.CountAsync("select count(*) from messages where status = 'deferred'") > Count / 10,
            () => "nothing was deferred");
        system.Fault();
        system.Heal();

        await ExpectWholeAsync(system, "421 storm", Count);
    }

    private async Task ExpectWholeAsync(FaultSystem system, string fault, int count)
    {
        var figures = await system.SettleAsync(fault);
        output.WriteLine(figures.ToString());
        Assert.Equal((count, 0, 0), (figures.Sent, figures.Lost, figures.Duplicates));
    }
}
