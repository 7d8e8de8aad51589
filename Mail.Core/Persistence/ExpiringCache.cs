using System.Collections.Concurrent;

namespace Mail.Core.Persistence;

/// <summary>
/// Remembers what was read for a short while, so that a hot path asks the database once per key and period, however
/// many requests ask at the same moment. Bounded: a flood of unknown keys cannot grow it.
/// </summary>
public sealed class ExpiringCache<TKey, TValue>(TimeProvider clock, TimeSpan lifetime, int capacity) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    /// <summary>The remembered value, or the loaded one. A failed load is not remembered.</summary>
    public async ValueTask<TValue> GetAsync(TKey key, Func<TKey, CancellationToken, Task<TValue>> load, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue(key, out var entry) && clock.GetElapsedTime(entry.LoadedAt) < lifetime)
            return await entry.Value.WaitAsync(cancellationToken);

        // Callers share the load, so no single caller's cancellation may end it.
        var loading = new Lazy<Task<TValue>>(() => load(key, CancellationToken.None));
        var fresh = new Entry(loading, clock.GetTimestamp());
        if (!TryStore(key, entry, fresh, out var stored))
            return await loading.Value.WaitAsync(cancellationToken);
        try
        {
            return await stored.Value.WaitAsync(cancellationToken);
        }
        catch when (stored.Value.IsFaulted)
        {
            _entries.TryRemove(KeyValuePair.Create(key, stored));
            throw;
        }
    }

    /// <summary>Forgets one value; a load that is under way still answers those who wait for it, and nobody after them.</summary>
    public void Remove(TKey key) => _entries.TryRemove(key, out _);

    public void Clear() => _entries.Clear();

    private bool TryStore(TKey key, Entry? expired, Entry fresh, out Entry stored)
    {
        stored = fresh;
        if (expired is not null)
        {
            if (_entries.TryUpdate(key, fresh, expired))
                return true;
            return _entries.TryGetValue(key, out stored!);
        }
        if (_entries.Count >= capacity)
            Evict();
        if (_entries.Count >= capacity)
            return false;
        stored = _entries.GetOrAdd(key, fresh);
        return true;
    }

    private void Evict()
    {
        foreach (var (key, entry) in _entries)
        {
            if (clock.GetElapsedTime(entry.LoadedAt) >= lifetime)
                _entries.TryRemove(KeyValuePair.Create(key, entry));
        }
    }

    private sealed class Entry(Lazy<Task<TValue>> loading, long loadedAt)
    {
        public long LoadedAt => loadedAt;

        public Task<TValue> Value => loading.Value;
    }
}
