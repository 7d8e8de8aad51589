using System.Net.Security;
using System.Net.Sockets;

namespace Mail.Integrations.Redis;

/// <summary>Connects, secures, signs in. All of it within <see cref="RedisConfiguration.ConnectTimeout"/>.</summary>
internal static class RedisHandshake
{
    private const string AnonymousUser = "default";

    /// <exception cref="RedisException">Not reachable, not in time, or refused.</exception>
    public static async Task<RedisConnection> OpenAsync(
        RedisConfiguration configuration, TimeProvider time, Action<RedisResult>? onMessage, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(configuration.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        RedisConnection? connection = null;
        try
        {
            connection = new RedisConnection(await ConnectAsync(configuration, either.Token), time, onMessage);
            connection.Start();
            await SignInAsync(connection, configuration).WaitAsync(either.Token);
            connection.Watch(configuration.SyncTimeout, configuration.KeepAlive);
            return connection;
        }
        catch (Exception failure)
        {
            if (connection is not null) await connection.DisposeAsync();
            if (failure is not OperationCanceledException) throw;
            cancellationToken.ThrowIfCancellationRequested();
            throw new RedisTimeoutException($"No connection to Redis within {configuration.ConnectTimeout.TotalMilliseconds:0} ms.");
        }
    }

    private static async Task<Stream> ConnectAsync(RedisConfiguration configuration, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(configuration.Host, configuration.Port, cancellationToken);
            var plain = new NetworkStream(socket, ownsSocket: true);
            if (!configuration.Ssl) return plain;
            var secure = new SslStream(plain);
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = configuration.SslHost ?? configuration.Host,
                RemoteCertificateValidationCallback = configuration.CertificateValidation,
            };
            await secure.AuthenticateAsClientAsync(options, cancellationToken);
            return secure;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task SignInAsync(RedisConnection connection, RedisConfiguration configuration)
    {
        try
        {
            await connection.SendAsync(Hello(configuration));
        }
        catch (RedisServerException refused) when (refused.Code is "NOPROTO" || refused.Message.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase))
        {
            await SignInWithResp2Async(connection, configuration);
        }
        if (configuration.DefaultDatabase != 0) await connection.SendAsync("SELECT", configuration.DefaultDatabase);
    }

    private static RedisValue[] Hello(RedisConfiguration configuration)
    {
        List<RedisValue> hello = ["HELLO", "3"];
        if (configuration.Password is { } password) hello.AddRange(["AUTH", configuration.User ?? AnonymousUser, password]);
        if (configuration.ClientName is { } name) hello.AddRange(["SETNAME", name]);
        return [.. hello];
    }

    /// <summary>For servers before Redis 6, and for stand-ins that know RESP2 only.</summary>
    private static async Task SignInWithResp2Async(RedisConnection connection, RedisConfiguration configuration)
    {
        if (configuration.Password is { } password)
            await (configuration.User is { } user ? connection.SendAsync("AUTH", user, password) : connection.SendAsync("AUTH", password));
        if (configuration.ClientName is { } name) await connection.SendAsync("CLIENT", "SETNAME", name);
    }
}
