namespace Mail.Core.RateLimits;

/// <summary>
/// Tokens that this process has taken ahead for one subject, and the requests that wait for more. However many wait,
/// one round trip at a time asks for all of them.
/// </summary>
internal sealed class RateLease(RateSubject subject, RateBuckets buckets, RateLimitSettings settings, TimeProvider clock)
{
    // Tokens not used within this time are gone: what was taken ahead cannot pile up beyond the limit.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    // Taken ahead at most: what the limit allows in a twentieth of a second.
    private const int BlocksPerSecond = 20;

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<RateDecision>> _waiting = new();
    private RateGrant _last;
    private long _lastAt;
    private int _tokens;
    private int _block;
    private bool _filling;

    /// <summary>Nobody waits, and nothing has been taken for a while.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return !_filling && clock.GetElapsedTime(_lastAt) > Lifetime;
        }
    }

    public ValueTask<RateDecision> TakeAsync()
    {
        Task<RateDecision>? answer = null;
        RateDecision decision = default;
        bool fill;
        lock (_gate)
        {
            var age = clock.GetElapsedTime(_lastAt);
            if (age > Lifetime)
                _tokens = 0;
            if (_tokens > 0)
                decision = Allow(age);
            else if (_waiting.Count == 0 && age < _last.Retry)
                // Nothing can be there before that, whoever asks.
                decision = Describe(allowed: false, age);
            else
                answer = Enqueue();
            // More is fetched before the last is gone, while nobody has to wait for it.
            fill = !_filling && (answer is not null || (decision.Allowed && _tokens <= _block / 2 && _block > 1));
            _filling |= fill;
        }
        if (fill)
            _ = FillAsync();
        return answer is null ? new(decision) : new(answer);
    }

    private Task<RateDecision> Enqueue()
    {
        var waiter = new TaskCompletionSource<RateDecision>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(waiter);
        return waiter.Task;
    }

    private async Task FillAsync()
    {
        try
        {
            do
            {
                var limits = await settings.FindAsync(subject.Organization, subject.Policy, CancellationToken.None);
                var block = (int)(Math.Min(limits.Organization.PerSecond, subject.Key is null ? double.MaxValue : limits.Key.PerSecond) / BlocksPerSecond);
                int needed;
                lock (_gate)
                    needed = _waiting.Count;
                var grant = await buckets.TakeAsync(subject, limits, needed, needed + block);
                Apply(grant, needed, block);
            }
            while (IsWaitedFor());
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private void Apply(RateGrant grant, int needed, int block)
    {
        lock (_gate)
        {
            _tokens = (clock.GetElapsedTime(_lastAt) > Lifetime ? 0 : _tokens) + grant.Tokens;
            _last = grant;
            _lastAt = clock.GetTimestamp();
            _block = block;
            while (_tokens > 0 && _waiting.TryDequeue(out var waiter))
            {
                needed--;
                waiter.TrySetResult(Allow(TimeSpan.Zero));
            }
            for (; needed > 0 && _waiting.TryDequeue(out var waiter); needed--)
                waiter.TrySetResult(Describe(allowed: false, TimeSpan.Zero));
        }
    }

    private bool IsWaitedFor()
    {
        lock (_gate)
            return _filling = _waiting.Count > 0;
    }

    // Whoever waits gets the error as an answer; the next request starts anew.
    private void Fail(Exception error)
    {
        lock (_gate)
        {
            _filling = false;
            while (_waiting.TryDequeue(out var waiter))
                waiter.TrySetException(error);
        }
    }

    private RateDecision Allow(TimeSpan age)
    {
        _tokens--;
        return Describe(allowed: true, age);
    }

    private RateDecision Describe(bool allowed, TimeSpan age) => new(
        allowed, subject.Policy, _last.Limit.Burst, TimeSpan.FromSeconds(_last.Limit.Burst / _last.Limit.PerSecond),
        Math.Min(_last.Remaining + _tokens, _last.Limit.Burst), Later(_last.Reset, age), allowed ? TimeSpan.Zero : Later(_last.Retry, age));

    private static TimeSpan Later(TimeSpan time, TimeSpan age) => time > age ? time - age : TimeSpan.Zero;
}
