using Mail.Integrations.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mail.Core.ApiKeys;

/// <summary>
/// Tells all processes through Redis that a key is revoked, so that they look again at once. A process that is not told
/// (no Redis, or a lost message) forgets what it knows within a second all the same.
/// </summary>
/// <param name="redis">Null in hosts and commands that have none.</param>
public sealed partial class KeyRevocations(
    RedisClient? redis, ApiKeyAuthenticator authenticator, TimeProvider clock, ILogger<KeyRevocations> logger) : BackgroundService
{
    private const string Channel = "mail:api-keys:revoked";
    // Longer than this is no quicker than waiting for the caches.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <param name="prefix">That of the key; it is no secret.</param>
    /// <param name="cancellationToken">The revocation itself is committed by now.</param>
    internal async Task TellAsync(string prefix, CancellationToken cancellationToken)
    {
        authenticator.Forget(prefix);
        if (redis is null)
            return;
        try
        {
            await redis.PublishAsync(Channel, prefix, cancellationToken).WaitAsync(Patience, clock, cancellationToken);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            Log.RevocationNotTold(logger, error.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (redis is null)
            return;
        try
        {
            await using var subscription = await redis.SubscribeAsync(
                Channel, prefix => authenticator.Forget((string)prefix!), authenticator.ForgetAll, stoppingToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stoppingToken);
        }
        catch (RedisServerException refused)
        {
            Log.RevocationsNotHeard(logger, refused.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Other processes learn of a revoked key from the database, within a second: {Reason}")]
        public static partial void RevocationNotTold(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Redis does not let this process listen for revoked keys; it looks every second: {Reason}")]
        public static partial void RevocationsNotHeard(ILogger logger, string reason);
    }
}
