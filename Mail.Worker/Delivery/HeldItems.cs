using System.Collections.Concurrent;
using Mail.Core.Queue;

namespace Mail.Worker.Delivery;

/// <summary>Everything this process holds: from the claim until the outcome is committed or the item is given back.</summary>
internal sealed class HeldItems(WorkSignal work)
{
    private readonly ConcurrentDictionary<QueueLease, HeldItem> _held = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public ICollection<HeldItem> All => _held.Values;

    public void Add(HeldItem item)
    {
        if (_held.TryAdd(item.Job.Lease, item))
            Interlocked.Increment(ref _count);
    }

    public void End(HeldItem item)
    {
        if (!_held.TryRemove(item.Job.Lease, out _))
            return;
        Interlocked.Decrement(ref _count);
        work.Wake.Set();
        work.Happened.Set();
    }
}
