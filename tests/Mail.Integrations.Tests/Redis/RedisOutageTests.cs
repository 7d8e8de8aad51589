using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mail.Integrations.Redis;
using Mail.TestKit.Servers;

namespace Mail.Integrations.Tests.Redis;

public sealed class RedisOutageTests
{
    [Fact]
    public async Task After_a_crash_callers_fail_fast_and_the_client_comes_back_by_itself()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + ",syncTimeout=20000"));
        await redis.PingAsync();
        await server.KillAsync();
        await Eventually.TrueAsync(() => !redis.IsConnected);
        await AssertFailsWithinAsync<RedisConnectionException>(redis, TimeSpan.FromSeconds(5));
        await server.StartAgainAsync();
        await Eventually.TrueAsync(() => redis.PingAsync().ContinueWith(ping => ping.IsCompletedSuccessfully));
        Assert.True(redis.IsConnected);
    }

    [Fact]
    public async Task Commands_in_flight_at_a_crash_all_end()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + ",syncTimeout=60000"));
        await redis.PingAsync();
        await server.SuspendAsync();
        var waiting = Enumerable.Range(0, 1000).Select(_ => redis.PingAsync()).ToArray();
        await server.KillAsync();
        foreach (var command in waiting) await Assert.ThrowsAsync<RedisConnectionException>(() => command.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_server_that_stops_answering_times_out_and_is_used_again_when_it_answers()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + ",syncTimeout=2000,connectTimeout=2000"));
        await Eventually.TrueAsync(() => redis.PingAsync().ContinueWith(ping => ping.IsCompletedSuccessfully));
        await server.SuspendAsync();
        await AssertFailsWithinAsync<RedisTimeoutException>(redis, TimeSpan.FromSeconds(10));
        // Now there is no connection: nobody waits for the next attempt.
        await Assert.ThrowsAsync<RedisConnectionException>(() => redis.PingAsync());
        server.Resume();
        await Eventually.TrueAsync(() => redis.PingAsync().ContinueWith(ping => ping.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task A_server_that_accepts_and_never_answers_fails_the_first_command_within_the_timeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var redis = new RedisClient(Configuration(silent, "syncTimeout=300,connectTimeout=60000"));
        await AssertFailsWithinAsync<RedisTimeoutException>(redis, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Nobody_listening_fails_the_first_command_at_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var configuration = Configuration(listener, "abortConnect=true,syncTimeout=60000,connectTimeout=60000");
        listener.Stop();
        await using var redis = new RedisClient(configuration);
        await AssertFailsWithinAsync<RedisConnectionException>(redis, TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<RedisConnectionException>(() => redis.ConnectAsync());
    }

    [Fact]
    public async Task A_peer_that_is_no_redis_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var redis = new RedisClient(Configuration(listener, "syncTimeout=20000,connectTimeout=20000"));
        var ping = redis.PingAsync();
        using var peer = await listener.AcceptTcpClientAsync();
        await peer.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        var failure = await Assert.ThrowsAsync<RedisConnectionException>(() => ping);
        Assert.IsType<RedisProtocolException>(failure.InnerException);
    }

    [Fact]
    public async Task An_idle_connection_is_probed_and_a_dead_one_found_without_a_command()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + ",keepAlive=1,syncTimeout=2000"));
        await Eventually.TrueAsync(() => redis.PingAsync().ContinueWith(ping => ping.IsCompletedSuccessfully));
        await server.SuspendAsync();
        await Eventually.TrueAsync(() => !redis.IsConnected);
        server.Resume();
    }

    [Fact]
    public async Task A_disposed_client_ends_what_waits_on_it()
    {
        await using var server = await RedisServer.StartAsync();
        var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + ",syncTimeout=60000"));
        await redis.PingAsync();
        await server.SuspendAsync();
        var waiting = redis.PingAsync();
        await redis.DisposeAsync();
        await Assert.ThrowsAsync<RedisConnectionException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(20)));
        server.Resume();
    }

    [Fact]
    public async Task A_flood_into_a_stalled_server_is_refused_instead_of_buffered()
    {
        await using var server = await RedisServer.StartAsync();
        var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + ",syncTimeout=60000"));
        await redis.PingAsync();
        await server.SuspendAsync();
        var megabyte = new byte[1024 * 1024];
        var commands = Enumerable.Range(0, 200).Select(_ => redis.StringSetAsync("k", megabyte)).ToArray();
        var refused = commands.Count(command => command.IsFaulted);
        // What waits to be sent and what is being sent are bounded at 64 MB each.
        Assert.InRange(refused, 60, 199);
        await redis.DisposeAsync();
        foreach (var command in commands) await Assert.ThrowsAsync<RedisConnectionException>(() => command);
    }

    private static RedisConfiguration Configuration(TcpListener listener, string options) =>
        RedisConfiguration.Parse($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port},{options}");

    private static async Task AssertFailsWithinAsync<T>(RedisClient redis, TimeSpan limit) where T : Exception
    {
        var startedAt = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<T>(() => redis.PingAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(startedAt), TimeSpan.Zero, limit);
    }
}
