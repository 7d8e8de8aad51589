using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Integrations.Redis;

/// <summary>
/// Redis over one shared, pipelined connection, and a second one once something subscribes. Safe for any number of callers at once.
/// While Redis is away every call fails at once with a <see cref="RedisException"/>, and the client connects again by itself.
/// A command is never repeated by the client: after a <see cref="RedisConnectionException"/> or <see cref="RedisTimeoutException"/> it may have run.
/// </summary>
public sealed partial class RedisClient : IAsyncDisposable
{
    private readonly RedisConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly RedisLink _commands;
    private readonly RedisSubscriber _subscriber;

    public RedisClient(RedisConfiguration configuration, TimeProvider? time = null, ILogger<RedisClient>? logger = null)
    {
        _configuration = configuration;
        _time = time ?? TimeProvider.System;
        ILogger log = logger ?? NullLogger<RedisClient>.Instance;
        _commands = new RedisLink(configuration, _time, log);
        _subscriber = new RedisSubscriber(configuration, _time, log);
    }

    /// <summary>There is a live connection now. Says nothing about the next command.</summary>
    public bool IsConnected => _commands.IsConnected;

    /// <summary>Connects ahead of the first command. With <c>abortConnect=true</c> a failure is thrown, otherwise the client goes on trying.</summary>
    /// <exception cref="RedisException">Not connected, and <see cref="RedisConfiguration.AbortOnConnectFail"/> is set.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _commands.GetAsync(cancellationToken);
        }
        catch (RedisException) when (!_configuration.AbortOnConnectFail)
        {
            // The link has logged it and keeps trying.
        }
    }

    /// <summary>Sends any command, its name first.</summary>
    /// <exception cref="RedisConnectionException">Redis is away, or the connection broke before the answer.</exception>
    /// <exception cref="RedisTimeoutException">No answer within the time-out.</exception>
    /// <exception cref="RedisServerException">Redis answered with an error.</exception>
    public async Task<RedisResult> ExecuteAsync(IReadOnlyList<RedisValue> command, CancellationToken cancellationToken = default)
    {
        var operation = command[0].ToString();
        using var span = RedisTelemetry.Start(operation, _configuration);
        var startedAt = _time.GetTimestamp();
        try
        {
            var connection = await _commands.GetAsync(cancellationToken);
            var result = await connection.SendAsync([.. command]).WaitAsync(cancellationToken);
            RedisTelemetry.Finished(span, operation, _time.GetElapsedTime(startedAt), null);
            return result;
        }
        catch (Exception failure)
        {
            RedisTelemetry.Finished(span, operation, _time.GetElapsedTime(startedAt), failure);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _subscriber.DisposeAsync();
        await _commands.DisposeAsync();
    }
}
