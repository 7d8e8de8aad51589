using System.Threading.Channels;
using Mail.Integrations.Redis;
using Mail.TestKit.Servers;

namespace Mail.Integrations.Tests.Redis;

public sealed class RedisPubSubTests : IAsyncLifetime
{
    private const string Patient = ",syncTimeout=20000,connectTimeout=20000";
    private static int _channels;
    private readonly string _channel = $"channel:{Interlocked.Increment(ref _channels)}";
    private readonly Channel<string> _received = Channel.CreateUnbounded<string>();
    private RedisClient _redis = null!;

    public async Task InitializeAsync() => _redis = new RedisClient(RedisConfiguration.Parse((await RedisServer.SharedAsync()).ConnectionString + Patient));

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task Messages_arrive_in_order_and_stop_with_the_subscription()
    {
        var subscription = await _redis.SubscribeAsync(_channel, Keep);
        Assert.True(subscription.IsActive);
        for (var i = 0; i < 100; i++) Assert.Equal(1, await _redis.PublishAsync(_channel, i));
        for (var i = 0; i < 100; i++) Assert.Equal(i.ToString(), await NextAsync());
        await subscription.DisposeAsync();
        Assert.Equal(0, await _redis.PublishAsync(_channel, "nobody"));
    }

    [Fact]
    public async Task Two_handlers_of_one_channel_both_get_it_and_the_second_outlives_the_first()
    {
        var first = await _redis.SubscribeAsync(_channel, value => Keep("1" + value));
        await using var second = await _redis.SubscribeAsync(_channel, value => Keep("2" + value));
        await _redis.PublishAsync(_channel, "x");
        Assert.Equal(["1x", "2x"], [await NextAsync(), await NextAsync()]);
        await first.DisposeAsync();
        await _redis.PublishAsync(_channel, "y");
        Assert.Equal("2y", await NextAsync());
    }

    [Fact]
    public async Task A_handler_that_throws_ends_neither_the_subscription_nor_the_others()
    {
        await using var bad = await _redis.SubscribeAsync(_channel, _ => throw new InvalidOperationException("a bug"));
        await using var good = await _redis.SubscribeAsync(_channel, Keep);
        await _redis.PublishAsync(_channel, "a");
        await _redis.PublishAsync(_channel, "b");
        Assert.Equal(["a", "b"], [await NextAsync(), await NextAsync()]);
    }

    [Fact]
    public async Task After_a_crash_of_the_server_the_subscription_is_renewed_and_the_gap_reported()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + Patient));
        var gap = new TaskCompletionSource();
        await using var subscription = await redis.SubscribeAsync(_channel, Keep, () => gap.TrySetResult());
        Assert.False(gap.Task.IsCompleted);
        await server.KillAsync();
        await Eventually.TrueAsync(() => !subscription.IsActive);
        await server.StartAgainAsync();
        await gap.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(subscription.IsActive);
        await Eventually.TrueAsync(() => redis.PublishAsync(_channel, "again").ContinueWith(sent => sent.IsCompletedSuccessfully && sent.Result == 1));
        Assert.Equal("again", await NextAsync());
    }

    [Fact]
    public async Task Subscribing_while_the_server_is_away_takes_effect_when_it_comes()
    {
        await using var server = await RedisServer.StartAsync();
        await server.StopAsync();
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + Patient));
        var renewed = new TaskCompletionSource();
        await using var subscription = await redis.SubscribeAsync(_channel, Keep, () => renewed.TrySetResult()).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(subscription.IsActive);
        await server.StartAgainAsync();
        await renewed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await using var publisher = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + Patient));
        Assert.Equal(1, await publisher.PublishAsync(_channel, "hello"));
        Assert.Equal("hello", await NextAsync());
    }

    [Fact]
    public async Task A_refused_channel_is_told_to_its_subscriber_and_harms_no_other()
    {
        await using var server = await RedisServer.StartAsync();
        await using var admin = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + Patient));
        await admin.ExecuteAsync(["ACL", "SETUSER", "limited", "on", ">pw", "&ok:*", "+@all"]);
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + Patient + ",user=limited,password=pw"));
        await using var allowed = await redis.SubscribeAsync("ok:1", Keep);
        Assert.Equal("NOPERM", (await Assert.ThrowsAsync<RedisServerException>(() => redis.SubscribeAsync("no:1", Keep))).Code);
        Assert.Equal(1, await admin.PublishAsync("ok:1", "still here"));
        Assert.Equal("still here", await NextAsync());
    }

    private void Keep(RedisValue value) => _received.Writer.TryWrite(value.ToString());

    private async Task<string> NextAsync() => await _received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
