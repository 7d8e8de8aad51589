using System.Collections.Concurrent;
using System.Globalization;
using Mail.Core.Queue;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Shaping;

/// <summary>
/// Keeps organizations and recipient domains that are slowed down to so many messages a second, over all workers. What is too
/// early waits in the queue: neither a lease nor a destination waits with it.
/// </summary>
internal sealed class LanePace(Holds holds, RateGate gate, WorkerMetrics metrics, IOptions<ShapingOptions> options, DatabaseTime clock)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<(HoldScope, string), DateTimeOffset> _closedUntil = new();

    /// <summary>How many of the lane may be taken, and under which name it shares that with others; null when nothing slows it down.</summary>
    public (string Name, int Room)? RoomOf(QueueLane lane)
    {
        if (holds.SlowDownOn(lane) is not var (scope, name, slow) || slow.FactorAt(clock.GetUtcNow()) >= 1)
            return null;
        var isClosed = _closedUntil.TryGetValue((scope, name), out var until) && until > clock.GetUtcNow();
        return ($"slow {scope} {name}", isClosed ? 0 : BurstOf(RateOf(slow)));
    }

    /// <summary>Takes one; not null when it is too early for it.</summary>
    public async ValueTask<ThrottleWait?> MustWaitAsync(QueueLane lane, CancellationToken cancellationToken)
    {
        if (holds.SlowDownOn(lane) is not var (scope, name, slow) || slow.FactorAt(clock.GetUtcNow()) >= 1)
            return null;
        var rate = RateOf(slow);
        var wait = await gate.TakeAsync($"{scope} {name}", rate, BurstOf(rate), cancellationToken);
        if (wait <= TimeSpan.Zero)
            return null;
        if (_closedUntil.Count >= Capacity)
            _closedUntil.Clear();
        _closedUntil[(scope, name)] = clock.GetUtcNow() + wait;
        metrics.Throttled(scope.ToText(), "any", wait);
        // In whole seconds, so that items put back together are put back by few statements.
        return new ThrottleWait(TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)), string.Create(
            CultureInfo.InvariantCulture, $"{rate:0.##} messages a second: {slow.Reason}"));
    }

    private double RateOf(SlowDown slow) => options.Value.UsualPerSecond * slow.FactorAt(clock.GetUtcNow());

    private static int BurstOf(double rate) => Math.Max(1, (int)rate);
}
