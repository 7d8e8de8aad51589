using Mail.Worker.Pools;

namespace Mail.Worker.Delivery;

/// <summary>Wakes the delivery loop: something may have become due, or there is room for more.</summary>
internal sealed class WorkSignal
{
    private int _arrived = 1;

    public Wake Wake { get; } = new();

    /// <summary>Wakes the webhook loop: something happened that somebody may want to be told of.</summary>
    public Wake Happened { get; } = new();

    /// <summary>Something may be due that was not before.</summary>
    public void Arrived()
    {
        Volatile.Write(ref _arrived, 1);
        Wake.Set();
    }

    public bool HasArrived => Volatile.Read(ref _arrived) == 1;

    /// <summary>Whether something has arrived since this was last asked.</summary>
    public bool TakeArrived() => Interlocked.Exchange(ref _arrived, 0) == 1;
}
