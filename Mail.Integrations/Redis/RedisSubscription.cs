namespace Mail.Integrations.Redis;

/// <summary>Ends when disposed.</summary>
public sealed class RedisSubscription : IAsyncDisposable
{
    private readonly RedisSubscriber _subscriber;
    private volatile RedisConnection? _via;
    private volatile bool _handedOut;

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

    /// <summary>Its owner relies on it: from now on a renewal means a gap.</summary>
    internal bool IsHandedOut
    {
        get => _handedOut;
        set => _handedOut = value;
    }

    internal RedisConnection? Via
    {
        set => _via = value;
    }

    public ValueTask DisposeAsync() => _subscriber.UnsubscribeAsync(this);
}
