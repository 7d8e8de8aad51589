using Mail.Integrations.Redis;
using Mail.TestKit.Servers;

namespace Mail.Integrations.Tests.Redis;

public sealed class RedisClientTests : IAsyncLifetime
{
    private static int _keys;
    private readonly string _key = $"test:{Interlocked.Increment(ref _keys)}";
    private RedisClient _redis = null!;

    public async Task InitializeAsync() => _redis = new RedisClient(RedisConfiguration.Parse((await RedisServer.SharedAsync()).ConnectionString + ",syncTimeout=20000"));

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task Sets_gets_and_deletes()
    {
        Assert.True((await _redis.StringGetAsync(_key)).IsNull);
        Assert.True(await _redis.StringSetAsync(_key, "grüße\r\n\0"));
        Assert.Equal("grüße\r\n\0", (string?)await _redis.StringGetAsync(_key));
        Assert.True(await _redis.KeyDeleteAsync(_key));
        Assert.False(await _redis.KeyDeleteAsync(_key));
    }

    [Fact]
    public async Task Set_keeps_its_conditions()
    {
        Assert.False(await _redis.StringSetAsync(_key, "a", when: When.Exists));
        Assert.True(await _redis.StringSetAsync(_key, "a", when: When.NotExists));
        Assert.False(await _redis.StringSetAsync(_key, "b", when: When.NotExists));
        Assert.True(await _redis.StringSetAsync(_key, "c", when: When.Exists));
        Assert.Equal("c", (string?)await _redis.StringGetAsync(_key));
    }

    [Fact]
    public async Task Expiry_is_set_with_the_value_and_afterwards()
    {
        await _redis.StringSetAsync(_key, "a", TimeSpan.FromSeconds(100));
        Assert.InRange((long)await _redis.ExecuteAsync(["PTTL", _key]), 1, 100_000);
        Assert.True(await _redis.KeyExpireAsync(_key, TimeSpan.FromSeconds(1000)));
        Assert.InRange((long)await _redis.ExecuteAsync(["PTTL", _key]), 100_001, 1_000_000);
        Assert.False(await _redis.KeyExpireAsync(_key + "x", TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Ten_thousand_increments_at_once_share_one_connection_and_get_each_their_own_answer()
    {
        // Outside of xunit's synchronization context, which hands its two threads one continuation at a time.
        var values = await Task.Run(() => Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => _redis.StringIncrementAsync(_key))));
        Assert.Equal(Enumerable.Range(1, 10_000).Select(i => (long)i), values.Order());
        Assert.Equal(10_005, await _redis.StringIncrementAsync(_key, 5));
    }

    [Fact]
    public async Task A_large_value_comes_back_whole()
    {
        var large = new byte[8 * 1024 * 1024];
        Random.Shared.NextBytes(large);
        await _redis.StringSetAsync(_key, large);
        Assert.True((await _redis.StringGetAsync(_key)).Bytes.Span.SequenceEqual(large));
        await _redis.KeyDeleteAsync(_key);
    }

    [Fact]
    public async Task An_error_of_the_server_is_thrown_to_its_caller_only()
    {
        await _redis.StringSetAsync(_key, "text");
        var wrong = _redis.StringIncrementAsync(_key);
        var right = _redis.StringGetAsync(_key);
        Assert.Equal("ERR", (await Assert.ThrowsAsync<RedisServerException>(() => wrong)).Code);
        Assert.Equal("text", (string?)await right);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_disturb_the_order_of_answers()
    {
        using var cancelled = new CancellationTokenSource();
        var abandoned = _redis.ExecuteAsync(["ECHO", "one"], cancelled.Token);
        await cancelled.CancelAsync();
        Assert.Equal("two", (string?)await _redis.ExecuteAsync(["ECHO", "two"]));
        await Record.ExceptionAsync(() => abandoned);
    }

    [Fact]
    public async Task A_script_is_sent_once_and_again_after_the_server_forgot_it()
    {
        var script = new RedisScript($"return {{KEYS[1], ARGV[1], '{_key}'}}");
        var first = await _redis.ScriptEvaluateAsync(script, [_key], [7]);
        Assert.Equal([_key, "7", _key], first.Items.Select(item => item.Value.ToString()));
        Assert.True((long)(await _redis.ExecuteAsync(["SCRIPT", "EXISTS", script.Sha1]))[0] == 1);
        await _redis.ExecuteAsync(["SCRIPT", "FLUSH"]);
        var second = await _redis.ScriptEvaluateAsync(script, [_key], [8]);
        Assert.Equal("8", (string?)second[1]);
    }

    [Fact]
    public async Task An_error_inside_a_script_is_not_taken_for_an_unknown_script()
    {
        var failing = new RedisScript("return redis.error_reply('BUSY it is')");
        Assert.Equal("BUSY", (await Assert.ThrowsAsync<RedisServerException>(() => _redis.ScriptEvaluateAsync(failing, [], []))).Code);
    }

    [Fact]
    public async Task The_connection_speaks_resp3_and_carries_the_given_name()
    {
        var server = await RedisServer.SharedAsync();
        await using var named = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + ",syncTimeout=20000,name=somebody"));
        var info = (string?)await named.ExecuteAsync(["CLIENT", "INFO"]);
        Assert.Contains("name=somebody", info, StringComparison.Ordinal);
        Assert.Contains("resp=3", info, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_database_is_selected()
    {
        var server = await RedisServer.SharedAsync();
        await using var other = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + ",syncTimeout=20000,defaultDatabase=3"));
        await other.StringSetAsync(_key, "three");
        Assert.True((await _redis.StringGetAsync(_key)).IsNull);
    }
}
