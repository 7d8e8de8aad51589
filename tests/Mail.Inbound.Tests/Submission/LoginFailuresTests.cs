using System.Net;
using Mail.Inbound.Submission;
using Mail.Integrations.Redis;
using Mail.TestKit;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Tests.Submission;

public sealed class LoginFailuresTests
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");
    private static readonly SubmissionOptions Settings = new() { MaxLoginFailures = 3 };

    [Fact]
    public async Task Failures_count_until_their_window_is_over()
    {
        var clock = new ManualTime();
        var failures = Create(clock);
        await FailAsync(failures, Address, 2);
        Assert.False(await failures.IsBlockedAsync(Address));

        await FailAsync(failures, Address, 1);
        Assert.True(await failures.IsBlockedAsync(Address));
        Assert.False(await failures.IsBlockedAsync(IPAddress.Parse("192.0.2.2")));

        clock.Advance(Settings.FailureWindow);
        Assert.False(await failures.IsBlockedAsync(Address));
        await FailAsync(failures, Address, 1);
        Assert.False(await failures.IsBlockedAsync(Address));
    }

    [Fact]
    public async Task Addresses_of_one_subscriber_count_together()
    {
        var failures = Create(new ManualTime());
        await FailAsync(failures, IPAddress.Parse("2001:db8::1"), 3);

        Assert.True(await failures.IsBlockedAsync(IPAddress.Parse("2001:db8::ffff:0:0:2")));
        Assert.False(await failures.IsBlockedAsync(IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Fact]
    public async Task Processes_count_together_in_redis()
    {
        await using var redis = await ConnectAsync((await RedisServer.SharedAsync()).ConnectionString);
        // Time stands still: a machine under load is not a Redis that hangs.
        var clock = new ManualTime();
        var address = IPAddress.Parse("192.0.2.77");
        await redis.KeyDeleteAsync($"mail:login-failures:{address}");
        await FailAsync(Create(clock, redis), address, 2);
        var other = Create(clock, redis);
        await FailAsync(other, address, 1);

        Assert.True(await other.IsBlockedAsync(address));
        Assert.True(await Create(clock, redis).IsBlockedAsync(address));
        Assert.True((long)await redis.ExecuteAsync(["PTTL", $"mail:login-failures:{address}"]) > 0);
    }

    [Fact]
    public async Task Redis_that_is_away_stops_nobody_and_no_counting()
    {
        await using var redis = await ConnectAsync("127.0.0.1:1");
        var failures = Create(TimeProvider.System, redis);
        Assert.False(await failures.IsBlockedAsync(Address));

        await FailAsync(failures, Address, 3);

        Assert.True(await failures.IsBlockedAsync(Address));
    }

    private static async Task FailAsync(LoginFailures failures, IPAddress address, int times)
    {
        for (var i = 0; i < times; i++)
            await failures.AddAsync(address);
    }

    private static LoginFailures Create(TimeProvider clock, RedisClient? redis = null) =>
        new(Options.Create(Settings), clock, NullLogger<LoginFailures>.Instance, redis);

    private static async Task<RedisClient> ConnectAsync(string server)
    {
        var client = new RedisClient(RedisConfiguration.Parse(server + ",connectTimeout=60000,syncTimeout=60000"));
        await client.ConnectAsync();
        return client;
    }
}
