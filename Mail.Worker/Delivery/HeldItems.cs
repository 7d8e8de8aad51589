using System.Collections.Concurrent;
using Mail.Core.Queue;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Everything this process holds: from the claim until the outcome is committed or the item is given back.</summary>
internal sealed class HeldItems(WorkSignal work, IOptions<QueueOptions> options)
{
    private readonly ConcurrentDictionary<QueueLease, HeldItem> _held = new();
    private readonly Lock _gate = new();
    private int _count;
    private int _aside;

    public int Count => Volatile.Read(ref _count);

    /// <summary>How many more may be claimed.</summary>
    public int Free => options.Value.MaxInFlight - Count + Volatile.Read(ref _aside);

    public ICollection<HeldItem> All => _held.Values;

    public void Add(HeldItem item)
    {
        if (_held.TryAdd(item.Job.Lease, item))
            Interlocked.Increment(ref _count);
    }

    /// <summary>It hangs, and another may be held beside it; as long as there are not too many of them.</summary>
    public void SetAside(HeldItem item)
    {
        lock (_gate)
        {
            if (item.IsAside || _aside >= options.Value.MaxHanging || !_held.ContainsKey(item.Job.Lease))
                return;
            item.IsAside = true;
            _aside++;
        }
        work.Wake.Set();
    }

    public void End(HeldItem item)
    {
        lock (_gate)
        {
            if (!_held.TryRemove(item.Job.Lease, out _))
                return;
            if (item.IsAside)
                _aside--;
        }
        Interlocked.Decrement(ref _count);
        work.Wake.Set();
        work.Happened.Set();
    }
}
