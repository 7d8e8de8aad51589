using System.Collections.Concurrent;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;

namespace Mail.Core.RateLimits;

/// <summary>The same buckets in this process alone, for the time that Redis is away.</summary>
internal sealed class LocalBuckets(TimeProvider clock)
{
    private const int Capacity = 100_000;

    private readonly ConcurrentDictionary<(OrganizationId, ApiKeyId?, RatePolicy), Bucket> _buckets = new();
    private int _count;

    /// <param name="subject">Whose buckets.</param>
    /// <param name="limits">As configured, for all processes together.</param>
    /// <param name="needed">All or none of them.</param>
    /// <param name="processes">How many share the limits.</param>
    public RateGrant Take(RateSubject subject, RateLimitPair limits, int needed, int processes)
    {
        var now = clock.GetElapsedTime(0).TotalSeconds;
        var organization = Find((subject.Organization, null, subject.Policy), Share(limits.Organization, processes), now);
        if (subject.Key is not { } key)
        {
            lock (organization)
                return organization.Take(now, needed, organization.Free(now));
        }
        var own = Find((subject.Organization, key, subject.Policy), Share(limits.Key, processes), now);
        // The organization first, always: no two takers wait for each other.
        lock (organization)
        lock (own)
        {
            var (all, mine) = (organization.Free(now), own.Free(now));
            var free = Math.Min(all, mine);
            var ofOrganization = organization.Take(now, needed, free);
            var ofKey = own.Take(now, needed, free);
            return all < mine ? ofOrganization : ofKey;
        }
    }

    /// <summary>Starts anew with full buckets.</summary>
    public void Clear()
    {
        _buckets.Clear();
        Volatile.Write(ref _count, 0);
    }

    private static RateLimit Share(RateLimit limit, int processes) => new(limit.PerSecond / processes, Math.Max(1, limit.Burst / processes));

    private Bucket Find((OrganizationId, ApiKeyId?, RatePolicy) subject, RateLimit limit, double now)
    {
        if (_buckets.TryGetValue(subject, out var bucket) && bucket.Limit == limit)
            return bucket;
        if (Volatile.Read(ref _count) >= Capacity)
            RemoveFull(now);
        Interlocked.Increment(ref _count);
        return _buckets.AddOrUpdate(subject, _ => new Bucket(limit), (_, old) => old.Limit == limit ? old : new Bucket(limit));
    }

    // A full bucket says nothing that a new one does not say.
    private void RemoveFull(double now)
    {
        foreach (var (subject, bucket) in _buckets)
        {
            if (bucket.Free(now) >= bucket.Limit.Burst)
                _buckets.TryRemove(subject, out _);
        }
        Volatile.Write(ref _count, _buckets.Count);
    }

    private sealed class Bucket(RateLimit limit)
    {
        private readonly double _interval = 1 / limit.PerSecond;
        private double _full;

        public RateLimit Limit => limit;

        // The small addend takes care of what binary fractions lose.
        public int Free(double now) => (int)Math.Floor(limit.Burst - (Math.Max(_full, now) - now) / _interval + 0.001);

        /// <summary>Called under the bucket's lock.</summary>
        public RateGrant Take(double now, int needed, int free)
        {
            var granted = Math.Clamp(needed, 0, Math.Max(0, free));
            _full = Math.Max(_full, now) + granted * _interval;
            var reset = _full - now;
            return new RateGrant(granted, limit, Math.Max(0, Free(now)), TimeSpan.FromSeconds(reset),
                TimeSpan.FromSeconds(Math.Max(0, reset - (limit.Burst - 1) * _interval)));
        }
    }
}
