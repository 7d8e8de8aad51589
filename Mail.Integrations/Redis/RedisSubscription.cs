namespace Mail.Integrations.Redis;

/// <summary>Ends when disposed.</summary>
public sealed class RedisSubscription : IAsyncDisposable
{
    private readonly RedisSubscriber _subscriber;
    private readonly Lock _gate = new();
    private volatile RedisConnection? _via;
    private bool _handedOut;

    internal RedisSubscription(RedisSubscriber subscriber, string channel, Action<RedisValue> onMessage, Action? onGap)
    {
        _subscriber = subscriber;
        Channel = channel;
        OnMessage = onMessage;
        OnGap = onGap;
    }

    public string Channel { get; }

    /// <summary>Redis has confirmed the subscription on the connection that is open now.</summary>
    public bool IsActive => _via is { IsOpen: true };

    internal Action<RedisValue> OnMessage { get; }
    internal Action? OnGap { get; }

    /// <summary>Redis has confirmed it on this connection. True when its owner may have missed messages before.</summary>
    internal bool Confirm(RedisConnection connection)
    {
        lock (_gate)
        {
            // A late confirmation must not hide the one on the next connection.
            if (!connection.IsOpen) return false;
            var isGap = _handedOut && _via != connection;
            _via = connection;
            return isGap;
        }
    }

    /// <summary>Its owner relies on it: from now on a confirmation on another connection means a gap.</summary>
    internal void HandOut()
    {
        lock (_gate) _handedOut = true;
    }

    public ValueTask DisposeAsync() => _subscriber.UnsubscribeAsync(this);
}
