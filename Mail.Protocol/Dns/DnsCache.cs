using System.Collections.Concurrent;

namespace Mail.Protocol.Dns;

/// <summary>
/// Answers by name and type until their TTL ends, within bounds of number and size. Two generations: when the young one is full
/// it becomes the old one, and the old one is forgotten, so that an answer used again survives and eviction costs nothing.
/// </summary>
internal sealed class DnsCache(TimeProvider clock, int maximumEntries, long maximumBytes)
{
    // Key, entry and result objects, roughly.
    private const int EntryOverhead = 256;

    private readonly Lock _turning = new();
    private volatile Generation _young = new();
    private volatile Generation _old = new();

    public bool TryGet<T>(DnsKey key, out DnsResult<T> result)
    {
        var young = _young;
        var isYoung = young.Entries.TryGetValue(key, out var entry);
        if (!isYoung && !_old.Entries.TryGetValue(key, out entry))
        {
            result = null!;
            return false;
        }
        var left = entry!.Ttl - clock.GetElapsedTime(entry.Stored);
        if (left <= TimeSpan.Zero)
        {
            result = null!;
            return false;
        }
        if (!isYoung)
            Add(key, entry);
        result = (DnsResult<T>)entry.Result with { Ttl = left };
        return true;
    }

    public void Put<T>(DnsKey key, DnsResult<T> result, int bytes)
    {
        var size = bytes + EntryOverhead;
        if (result.Ttl > TimeSpan.Zero && maximumEntries > 0 && size <= maximumBytes / 2)
            Add(key, new Entry(result, result.Ttl, clock.GetTimestamp(), size));
    }

    private void Add(DnsKey key, Entry entry)
    {
        var young = _young;
        young.Entries[key] = entry;
        var count = Interlocked.Increment(ref young.Count);
        var bytes = Interlocked.Add(ref young.Bytes, entry.Bytes);
        if (count < maximumEntries / 2 && bytes < maximumBytes / 2)
            return;
        lock (_turning)
        {
            if (_young == young)
                (_old, _young) = (young, new Generation());
        }
    }

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<DnsKey, Entry> Entries = new();
        public int Count;
        public long Bytes;
    }

    private sealed record Entry(object Result, TimeSpan Ttl, long Stored, int Bytes);
}

/// <summary>What was asked: a normal name and a type.</summary>
internal readonly record struct DnsKey(string Name, DnsRecordType Type);
