using System.Collections.Concurrent;
using System.Net;

namespace Mail.Worker.Delivery;

/// <summary>Servers that could not be reached a moment ago: they are tried after the others for a while.</summary>
internal sealed class BadHosts(TimeProvider clock)
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<EndPoint, Entry> _bad = new();

    public void Failed(Target target)
    {
        if (_bad.Count >= Capacity)
            _bad.Clear();
        var now = clock.GetUtcNow();
        _bad.AddOrUpdate(target.EndPoint, _ => new Entry(now + First, 1), (_, entry) =>
        {
            // What was under way when it went bad says nothing new.
            if (entry.Until > now)
                return entry;
            var rest = First * Math.Pow(2, Math.Min(entry.Failures, 10));
            return new Entry(now + (rest < Longest ? rest : Longest), entry.Failures + 1);
        });
    }

    public void Worked(Target target)
    {
        if (!_bad.IsEmpty)
            _bad.TryRemove(target.EndPoint, out _);
    }

    /// <summary>The targets in their order, but those that are bad behind the others.</summary>
    public IReadOnlyList<Target> GoodFirst(IReadOnlyList<Target> targets) => _bad.IsEmpty || targets.Count == 1
        ? targets
        : [.. targets.OrderBy(IsBad)];

    private bool IsBad(Target target) => _bad.TryGetValue(target.EndPoint, out var entry) && entry.Until > clock.GetUtcNow();

    private sealed record Entry(DateTimeOffset Until, int Failures);
}
