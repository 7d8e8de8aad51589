using Mail.Worker.Delivery;

namespace Mail.Worker.Pools;

/// <summary>An item with the way it takes.</summary>
internal sealed record RoutedItem(HeldItem Item, DeliveryRoute.Servers Route);

internal enum EnqueueResult
{
    Queued,

    /// <summary>As much is waiting as may.</summary>
    Full,

    /// <summary>The destination has been closed; there may be a successor.</summary>
    Closed,
}

/// <summary>
/// What goes to the same servers: a bounded queue in memory and as many workers as may talk to them at one time. A worker
/// lives as long as there is something waiting, so an idle destination costs nothing but its connections.
/// </summary>
internal sealed class Destination(int concurrency, int maxWaiting, ConnectionPool connections, TimeProvider clock, Func<RoutedItem, ConnectionPool, Task> deliver)
{
    private readonly Lock _gate = new();
    private readonly Queue<RoutedItem> _waiting = new();
    private readonly Pace _pace = new(clock);
    private int _workers;
    private bool _closed;

    public ConnectionPool Connections => connections;

    public EnqueueResult TryEnqueue(RoutedItem item)
    {
        lock (_gate)
        {
            if (_closed)
                return EnqueueResult.Closed;
            if (_waiting.Count >= maxWaiting)
                return EnqueueResult.Full;
            _waiting.Enqueue(item);
            if (_workers == concurrency)
                return EnqueueResult.Queued;
            _workers++;
        }
        // The workers' own context: not that of whoever happened to enqueue.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(WorkAsync);
        return EnqueueResult.Queued;
    }

    /// <summary>How many more items would start soon: as many as have ended in the last second, but not fewer than can run at one time.</summary>
    public int Room
    {
        get
        {
            lock (_gate)
                return _closed ? 0 : Math.Max(0, Math.Min(maxWaiting, Math.Max(2 * concurrency, _pace.PerSecond)) - _waiting.Count);
        }
    }

    /// <summary>Takes nothing more and hands back what has not started.</summary>
    public IReadOnlyList<RoutedItem> Close()
    {
        lock (_gate)
        {
            _closed = true;
            var left = _waiting.ToArray();
            _waiting.Clear();
            return left;
        }
    }

    /// <summary>Closes when there is no work and no connection.</summary>
    public bool TryRetire()
    {
        lock (_gate)
            return _closed = _closed || (_workers == 0 && _waiting.Count == 0 && connections.IsEmpty);
    }

    private async Task WorkAsync()
    {
        while (TryTake(out var item))
        {
            await deliver(item, connections);
            lock (_gate)
                _pace.Count();
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RoutedItem? item)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out item))
                return true;
            _workers--;
            return false;
        }
    }
}
