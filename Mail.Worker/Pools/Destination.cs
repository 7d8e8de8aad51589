using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Mail.Worker.Shaping;

namespace Mail.Worker.Pools;

/// <summary>An item with the way it takes.</summary>
internal sealed record RoutedItem(HeldItem Item, DeliveryRoute.Servers Route);

internal enum EnqueueResult
{
    Queued,

    /// <summary>As much is waiting as may, or nothing is sent there for now.</summary>
    Full,

    /// <summary>The destination has been closed; there may be a successor.</summary>
    Closed,
}

/// <summary>
/// What goes to the same servers: a bounded queue in memory, urgent items first, and as many workers as may talk to them at
/// one time. A worker lives as long as there is something waiting, so an idle destination costs nothing but its connections.
/// </summary>
/// <param name="first">Workers at first; each end of an attempt allows one more, so that a server that hangs holds few.</param>
internal sealed class Destination(DestinationShape shape, int first, int maxWaiting, ConnectionPool connections, TimeProvider clock, DeliveryAttempts attempts)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<RoutedItem, (short Priority, long Order)> _waiting = new();
    private readonly Pace _pace = new(clock);
    private long _order;
    private int _workers;
    private readonly bool _isRelay = first == int.MaxValue;
    private int _allowed = first;
    private int _hanging;
    private bool _closed;

    public ConnectionPool Connections => connections;

    public DestinationShape Shape => shape;

    /// <summary>How many more items would start soon: as many as have ended in the last second, but not fewer than can run at one time.</summary>
    /// <param name="free">How many more this worker may hold.</param>
    public int RoomOf(int free)
    {
        if (shape.Suspended is not null)
            return 0;
        lock (_gate)
            return _closed || Hangs ? 0 : Math.Max(0, Math.Min(Math.Min(maxWaiting, Soon()) - _waiting.Count, Share(free)));
    }

    // No more in hand than is left for all others: however many destinations hang, there is as much room again for one that does
    // not (a dynamic threshold: Choudhury and Hahne, 1998). Not for a relay, where all mail goes.
    private int Share(int free) => _isRelay ? int.MaxValue : free - _workers - _waiting.Count;

    public EnqueueResult TryEnqueue(RoutedItem item)
    {
        if (shape.Suspended is not null)
            return EnqueueResult.Full;
        lock (_gate)
        {
            if (_closed)
                return EnqueueResult.Closed;
            if (_waiting.Count >= maxWaiting)
                return EnqueueResult.Full;
            _waiting.Enqueue(item, (item.Item.Job.Priority, _order++));
            if (_workers >= Concurrency)
                return EnqueueResult.Queued;
            _workers++;
        }
        StartWorker();
        return EnqueueResult.Queued;
    }

    /// <summary>Takes nothing more and hands back what has not started.</summary>
    public IReadOnlyList<RoutedItem> Close()
    {
        lock (_gate)
        {
            _closed = true;
            return TakeAll();
        }
    }

    /// <summary>Takes note of how many transactions hang; hands back what waits when all of them do.</summary>
    public IReadOnlyList<RoutedItem> Hang(int transactions)
    {
        lock (_gate)
        {
            _hanging = transactions;
            return Hangs ? TakeAll() : [];
        }
    }

    /// <summary>Hands back what waits while nothing may be sent; empty when something may.</summary>
    public IReadOnlyList<RoutedItem> TakeSuspended()
    {
        if (shape.Suspended is null)
            return [];
        lock (_gate)
            return TakeAll();
    }

    /// <summary>Closes when there is no work and no connection.</summary>
    public bool TryRetire()
    {
        // What was learned about its speed must not be forgotten with it.
        if (shape.Factor < 1 || shape.Suspended is not null)
            return false;
        lock (_gate)
            return _closed = _closed || (_workers == 0 && _waiting.Count == 0 && connections.IsEmpty);
    }

    public DestinationState State()
    {
        var (suspended, slowed) = (shape.Suspended, shape.Slowed);
        lock (_gate)
            return new DestinationState(shape.Destination, shape.Provider, _workers, _waiting.Count, suspended is null ? shape.Factor : 0,
                suspended?.Reason ?? slowed?.Reason, suspended?.Until ?? slowed?.Until);
    }

    // None is left to take what comes.
    private bool Hangs => _hanging >= Concurrency;

    private int Concurrency => Math.Min(shape.Concurrency, _allowed);

    private int Soon()
    {
        var soon = Math.Max(2 * Concurrency, _pace.PerSecond);
        return shape.Limits.MessagesPerSecond is { } rate ? Math.Min(soon, Math.Max(1, (int)(2 * rate * shape.Factor))) : soon;
    }

    private void StartWorker()
    {
        // The workers' own context: not that of whoever happened to enqueue.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(WorkAsync);
    }

    private async Task WorkAsync()
    {
        while (TryTake(out var item))
        {
            await attempts.RunAsync(item, this);
            await connections.CloseSpentAsync();
            if (Ended())
                StartWorker();
        }
    }

    // True when there is room for one worker more: the destination has grown faster.
    private bool Ended()
    {
        lock (_gate)
        {
            _pace.Count();
            _hanging = Math.Max(0, _hanging - 1);
            if (_allowed < int.MaxValue)
                _allowed++;
            if (_waiting.Count == 0 || _workers >= Concurrency)
                return false;
            _workers++;
            return true;
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RoutedItem? item)
    {
        lock (_gate)
        {
            item = null;
            if (_workers <= Concurrency && _waiting.TryDequeue(out item, out _))
                return true;
            _workers--;
            return false;
        }
    }

    private List<RoutedItem> TakeAll()
    {
        var all = _waiting.UnorderedItems.Select(waiting => waiting.Element).ToList();
        _waiting.Clear();
        return all;
    }
}
