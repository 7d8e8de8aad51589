using Microsoft.Extensions.Logging;

namespace Mail.Integrations.Redis;

/// <summary>All subscriptions of a client, on a connection of their own, so that a flood of messages delays no command.</summary>
internal sealed partial class RedisSubscriber : IAsyncDisposable
{
    private readonly RedisLink _link;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<RedisSubscription>> _channels = new(StringComparer.Ordinal);

    public RedisSubscriber(RedisConfiguration configuration, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _link = new RedisLink(configuration, time, logger, Deliver, RenewAsync);
    }

    public async Task<RedisSubscription> SubscribeAsync(
        string channel, Action<RedisValue> onMessage, Action? onGap, CancellationToken cancellationToken)
    {
        var subscription = new RedisSubscription(this, channel, onMessage, onGap);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            Add(subscription);
            var connection = await _link.GetAsync(cancellationToken);
            await connection.SendAsync("SUBSCRIBE", channel).WaitAsync(cancellationToken);
            subscription.Confirm(connection);
        }
        catch (Exception failure) when (failure is RedisConnectionException or RedisTimeoutException)
        {
            // Made by RenewAsync when Redis is back; the link has logged why it is away.
        }
        catch
        {
            Remove(subscription);
            throw;
        }
        finally
        {
            _changing.Release();
        }
        subscription.HandOut();
        return subscription;
    }

    public async ValueTask UnsubscribeAsync(RedisSubscription subscription)
    {
        await _changing.WaitAsync();
        try
        {
            if (!Remove(subscription) || !_link.IsConnected) return;
            var connection = await _link.GetAsync(CancellationToken.None);
            await connection.SendAsync("UNSUBSCRIBE", subscription.Channel);
        }
        catch (RedisException)
        {
            // The connection is gone, and the subscription with it.
        }
        finally
        {
            _changing.Release();
        }
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private async Task RenewAsync(RedisConnection connection)
    {
        RedisSubscription[] all;
        lock (_gate) all = [.. _channels.Values.SelectMany(subscriptions => subscriptions)];
        var answers = all.Select(subscription => subscription.Channel).Distinct(StringComparer.Ordinal)
            .ToDictionary(channel => channel, channel => connection.SendAsync("SUBSCRIBE", channel), StringComparer.Ordinal);
        foreach (var subscription in all)
        {
            try
            {
                await answers[subscription.Channel];
            }
            catch (RedisServerException refused)
            {
                // One channel that Redis denies must not cost the others theirs.
                Log.SubscriptionRefused(_logger, subscription.Channel, refused);
                continue;
            }
            if (subscription.Confirm(connection) && subscription.OnGap is { } onGap) Call(subscription, onGap);
        }
    }

    private void Deliver(RedisResult message)
    {
        if (message.Items.Count < 3) return;
        var channel = message[1].Value.ToString();
        RedisSubscription[] receivers;
        lock (_gate) receivers = _channels.TryGetValue(channel, out var found) ? [.. found] : [];
        foreach (var receiver in receivers) Call(receiver, () => receiver.OnMessage(message[2].Value));
    }

    private void Call(RedisSubscription subscription, Action handler)
    {
        try
        {
            handler();
        }
        catch (Exception failure)
        {
            // A handler's bug must not end everybody's connection.
            Log.HandlerFailed(_logger, subscription.Channel, failure);
        }
    }

    private void Add(RedisSubscription subscription)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(subscription.Channel, out var subscriptions)) _channels[subscription.Channel] = subscriptions = [];
            subscriptions.Add(subscription);
        }
    }

    /// <summary>True when nobody listens to the channel any more.</summary>
    private bool Remove(RedisSubscription subscription)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(subscription.Channel, out var subscriptions)) return false;
            if (!subscriptions.Remove(subscription) || subscriptions.Count > 0) return false;
            return _channels.Remove(subscription.Channel);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A handler of Redis channel {Channel} failed")]
        public static partial void HandlerFailed(ILogger logger, string channel, Exception failure);

        [LoggerMessage(LogLevel.Error, "Redis refused the subscription to channel {Channel}")]
        public static partial void SubscriptionRefused(ILogger logger, string channel, Exception refused);
    }
}
