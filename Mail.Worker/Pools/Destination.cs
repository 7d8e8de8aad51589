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
internal sealed class Destination(int concurrency, int maxWaiting, ConnectionPool connections, Func<RoutedItem, ConnectionPool, Task> deliver)
{
    private readonly Lock _gate = new();
    private readonly Queue<RoutedItem> _waiting = new();
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
            await deliver(item, connections);
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
