using System.Diagnostics;
using Mail.Core.Organizations;
using Mail.Core.RateLimits;
using Mail.TestKit.Servers;

namespace Mail.Core.Tests.RateLimits;

public sealed class RateLimiterTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // On a slow machine Redis is slow, and not away.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // Ten at once, then one a second.
    private static RateLimitOptions Ten => new()
    {
        SendPerSecond = 1, SendPerSecondPerKey = 1, ReadPerSecond = 1, ReadPerSecondPerKey = 1,
        Burst = TimeSpan.FromSeconds(10), ProbeEvery = TimeSpan.FromMilliseconds(50), RedisPatience = Patience,
    };

    [Fact]
    public async Task All_processes_together_allow_what_the_limit_says()
    {
        var redis = await RedisServer.SharedAsync();
        await using var one = new LimiterProcess(redis, Ten, database.DataSource);
        await using var two = new LimiterProcess(redis, Ten, database.DataSource);
        var organization = LimiterProcess.NewOrganization();
        var began = Stopwatch.GetTimestamp();

        var allowed = await Task.WhenAll(one.TakeAsync(30, organization), two.TakeAsync(30, organization));

        AssertTen(allowed.Sum(), began);
        Assert.False(one.Buckets.IsLocal || two.Buckets.IsLocal);
    }

    [Fact]
    public async Task A_key_has_a_limit_within_that_of_its_organization()
    {
        var options = Ten;
        options.SendPerSecond = 2;
        await using var process = new LimiterProcess(await RedisServer.SharedAsync(), options, database.DataSource);
        var organization = LimiterProcess.NewOrganization();

        var began = Stopwatch.GetTimestamp();

        var first = await process.TakeAsync(30, organization, LimiterProcess.NewKey());
        AssertTen(first, began);
        var second = await process.TakeAsync(5, organization, LimiterProcess.NewKey());
        Assert.Equal(5, second);
        var third = await process.TakeAsync(30, organization, LimiterProcess.NewKey());
        Assert.InRange(first + second + third, 19, 21 + (int)(2 * Stopwatch.GetElapsedTime(began).TotalSeconds));
    }

    [Fact]
    public async Task Policies_and_organizations_do_not_share()
    {
        await using var process = new LimiterProcess(await RedisServer.SharedAsync(), Ten, database.DataSource);
        var organization = LimiterProcess.NewOrganization();
        await process.TakeAsync(30, organization);

        Assert.Equal(10, await process.TakeAsync(10, organization, policy: RatePolicy.Read));
        Assert.Equal(10, await process.TakeAsync(10, LimiterProcess.NewOrganization()));
    }

    [Fact]
    public async Task Decisions_tell_where_the_caller_stands()
    {
        await using var process = new LimiterProcess(await RedisServer.SharedAsync(), Ten, database.DataSource);
        var organization = LimiterProcess.NewOrganization();

        var first = await process.Limiter.TakeAsync(organization, null, RatePolicy.Send, CancellationToken.None);
        RateDecision last;
        do last = await process.Limiter.TakeAsync(organization, null, RatePolicy.Send, CancellationToken.None);
        while (last.Allowed);

        Assert.Equal((true, 10, 9, TimeSpan.FromSeconds(10)), (first.Allowed, first.Limit, first.Remaining, first.Window));
        Assert.InRange(first.Reset, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Assert.Equal((false, 0), (last.Allowed, last.Remaining));
        Assert.InRange(last.RetryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Assert.InRange(last.Reset, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_organization_can_have_limits_of_its_own()
    {
        var organization = (await new OrganizationStore(database.DataSource, TimeProvider.System).CreateAsync("own limits", default))!.Value;
        var store = new RateLimitStore(database.DataSource);
        await store.SetAsync(organization, new RateLimitOverride(RatePolicy.Send, 3, null), CancellationToken.None);
        await store.SetAsync(organization, new RateLimitOverride(RatePolicy.Send, 5, null), CancellationToken.None);
        await store.SetAsync(organization, new RateLimitOverride(RatePolicy.Read, 5, 5), CancellationToken.None);
        await store.SetAsync(organization, new RateLimitOverride(RatePolicy.Read, null, null), CancellationToken.None);
        await using var process = new LimiterProcess(await RedisServer.SharedAsync(), Ten, database.DataSource);

        var send = await process.Limiter.TakeAsync(organization, null, RatePolicy.Send, CancellationToken.None);
        var read = await process.Limiter.TakeAsync(organization, null, RatePolicy.Read, CancellationToken.None);

        Assert.Equal((50, 10), (send.Limit, read.Limit));
    }

    [Fact]
    public async Task Far_from_the_limit_few_requests_cost_a_round_trip_and_close_to_it_none_is_lost()
    {
        await using var redis = await RedisServer.StartAsync();
        var options = new RateLimitOptions { SendPerSecond = 4000, SendPerSecondPerKey = 4000, RedisPatience = Patience };
        await using var process = new LimiterProcess(redis, options, database.DataSource);
        var (organization, key) = (LimiterProcess.NewOrganization(), LimiterProcess.NewKey());

        var started = Stopwatch.GetTimestamp();
        var allowed = 0;
        var refused = 0;
        while (refused == 0 && allowed < 100_000)
        {
            if ((await process.Limiter.TakeAsync(organization, key, RatePolicy.Send, CancellationToken.None)).Allowed)
                allowed++;
            else
                refused++;
        }

        // A bucket of 4,000 and what came back meanwhile; tokens in this process's hands count as given.
        var most = 4000 + (4000 * Stopwatch.GetElapsedTime(started).TotalSeconds) + 1;
        Assert.InRange(allowed, 4000, (int)most);
        var scripts = await process.ScriptsAsync();
        Assert.InRange(scripts, 1, allowed / 4);
    }

    [Fact]
    public async Task A_redis_that_dies_is_left_at_once_and_used_again_when_it_is_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new LimiterProcess(redis, Ten, database.DataSource);
        var organization = LimiterProcess.NewOrganization();
        Assert.Equal(1, await process.TakeAsync(1, organization));

        await redis.KillAsync();
        var began = Stopwatch.GetTimestamp();
        var allowed = await process.TakeAsync(30, organization);
        await process.Log.Left.WaitAsync(TimeSpan.FromSeconds(30));

        AssertTen(allowed, began);
        Assert.True(process.Buckets.IsLocal);
        await redis.StartAgainAsync();
        Assert.True(await process.Log.CameBack.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(process.Buckets.IsLocal);
        began = Stopwatch.GetTimestamp();
        AssertTen(await process.TakeAsync(30, LimiterProcess.NewOrganization()), began);
    }

    [Fact]
    public async Task A_redis_that_hangs_costs_one_short_wait_and_no_more()
    {
        await using var redis = await RedisServer.StartAsync();
        var options = Ten;
        options.ProbeEvery = TimeSpan.FromMinutes(1);
        options.RedisPatience = TimeSpan.FromMilliseconds(250);
        await using var process = new LimiterProcess(redis, options, database.DataSource);
        var organization = LimiterProcess.NewOrganization();
        await process.TakeAsync(1, organization);

        await redis.SuspendAsync();
        try
        {
            Assert.Equal(1, await process.TakeAsync(1, organization));
            Assert.True(process.Buckets.IsLocal);
            var next = process.Limiter.TakeAsync(organization, null, RatePolicy.Send, CancellationToken.None);
            Assert.True(next.IsCompletedSuccessfully, "It waited for something.");
            Assert.True((await next).Allowed);
        }
        finally
        {
            redis.Resume();
        }
        Assert.Equal(1, process.Log.Left.CurrentCount);
    }

    // And what time has given back since.
    private static void AssertTen(int allowed, long began) =>
        Assert.InRange(allowed, 10, 11 + (int)Stopwatch.GetElapsedTime(began).TotalSeconds);
}
