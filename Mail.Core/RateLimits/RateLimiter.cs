using System.Collections.Concurrent;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;

namespace Mail.Core.RateLimits;

/// <summary>
/// Says whether a request may go on. Far from the limit the answer comes from tokens that this process has taken ahead;
/// close to it every request is counted in Redis, many with one round trip.
/// </summary>
public sealed class RateLimiter
{
    private const int Capacity = 100_000;

    private readonly RateBuckets _buckets;
    private readonly RateLimitSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<RateSubject, RateLease> _leases = new();
    private int _count;

    internal RateLimiter(RateBuckets buckets, RateLimitSettings settings, TimeProvider clock)
    {
        _buckets = buckets;
        _settings = settings;
        _clock = clock;
    }

    /// <summary>Takes one token from the bucket of the organization and from that of the key.</summary>
    public ValueTask<RateDecision> TakeAsync(
        OrganizationId organization, ApiKeyId? key, RatePolicy policy, CancellationToken cancellationToken)
    {
        var subject = new RateSubject(organization, key, policy);
        var answer = (_leases.TryGetValue(subject, out var lease) ? lease : Add(subject)).TakeAsync();
        return answer.IsCompleted ? answer : new(answer.AsTask().WaitAsync(cancellationToken));
    }

    private RateLease Add(RateSubject subject)
    {
        if (Interlocked.Increment(ref _count) > Capacity)
            RemoveIdle();
        return _leases.GetOrAdd(subject, wanted => new RateLease(wanted, _buckets, _settings, _clock));
    }

    private void RemoveIdle()
    {
        foreach (var (subject, lease) in _leases)
        {
            if (lease.IsIdle)
                _leases.TryRemove(KeyValuePair.Create(subject, lease));
        }
        Volatile.Write(ref _count, _leases.Count);
    }
}
