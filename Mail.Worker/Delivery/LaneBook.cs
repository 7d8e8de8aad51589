using System.Collections.Concurrent;
using Mail.Core.Organizations;
using Mail.Core.Queue;

namespace Mail.Worker.Delivery;

/// <param name="Destination">Its name, without that of a source.</param>
/// <param name="Pool">The pool of sources that its mail leaves from; null for the default one.</param>
internal sealed record LaneTarget(string Destination, string? Pool);

/// <summary>Where lanes were found to lead, so that no more is claimed of them than their destination can take.</summary>
internal sealed class LaneBook(TimeProvider clock)
{
    private const int Capacity = 100_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(OrganizationId, string), Entry> _entries = new();

    /// <summary>Null while it is not known.</summary>
    public LaneTarget? Find(QueueLane lane) =>
        _entries.TryGetValue((lane.Organization, lane.Name), out var entry) && clock.GetElapsedTime(entry.LearnedAt) < Lifetime
            ? entry.Target
            : null;

    /// <summary>True when that was not known.</summary>
    public bool Learn(QueueLane lane, LaneTarget target)
    {
        if (Find(lane) == target)
            return false;
        // Worth no bookkeeping: what is forgotten is learned again with the next item.
        if (_entries.Count >= Capacity)
            _entries.Clear();
        _entries[(lane.Organization, lane.Name)] = new Entry(target, clock.GetTimestamp());
        return true;
    }

    private sealed record Entry(LaneTarget Target, long LearnedAt);
}
