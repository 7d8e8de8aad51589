using System.Collections.Concurrent;
using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Mail.Worker.Shaping;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Pools;

/// <summary>All destinations that have work or connections at the moment.</summary>
internal sealed class Destinations(
    DeliveryAttempts attempts, Holds holds, IOptions<ConnectionOptions> connections, IOptions<QueueOptions> queue, WorkerMetrics metrics, DatabaseTime clock)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, Destination> _byName = new();
    private volatile bool _closed;

    public bool IsClosed => _closed;

    /// <summary>How many items more the destination could take now.</summary>
    /// <param name="free">How many more this worker may hold.</param>
    public int RoomOf(string name, int free) =>
        _byName.TryGetValue(name, out var destination) ? destination.RoomOf(free) : connections.Value.PerDestination;

    /// <summary>Why nothing is sent there, if so.</summary>
    public Suspension? SuspensionOf(string name) => _byName.TryGetValue(name, out var destination) ? destination.Shape.Suspended : null;

    public IEnumerable<DestinationState> States() => _byName.Values.Select(destination => destination.State());

    /// <summary>False when the item cannot wait here.</summary>
    public bool TryEnqueue(RoutedItem item)
    {
        while (!_closed)
        {
            var destination = _byName.GetOrAdd(item.Route.Destination, (_, route) => Create(route), item.Route);
            switch (destination.TryEnqueue(item))
            {
                case EnqueueResult.Queued:
                    return true;
                case EnqueueResult.Full:
                    return false;
                case EnqueueResult.Closed:
                    _byName.TryRemove(KeyValuePair.Create(item.Route.Destination, destination));
                    break;
            }
        }
        return false;
    }

    /// <summary>Takes note of how many transactions hang with each, and hands back what waits where all of them do.</summary>
    public IReadOnlyList<HeldItem> Hang(Dictionary<string, int> hanging) =>
        [.. _byName.SelectMany(named => named.Value.Hang(hanging.GetValueOrDefault(named.Key))).Select(routed => routed.Item)];

    /// <summary>Takes nothing more and hands back what has not started.</summary>
    public IReadOnlyList<HeldItem> Close()
    {
        _closed = true;
        return [.. _byName.Values.SelectMany(destination => destination.Close()).Select(routed => routed.Item)];
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_byName.Values.Select(destination => destination.Connections.CloseAllAsync()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(connections.Value.IdleTimeout / 2, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Task.WhenAll(_byName.Values.Select(destination => destination.Connections.CloseIdleAsync()));
            foreach (var (name, destination) in _byName)
            {
                if (destination.TryRetire())
                    _byName.TryRemove(KeyValuePair.Create(name, destination));
            }
        }
    }

    private Destination Create(DeliveryRoute.Servers route)
    {
        var limits = connections.Value;
        var isRelay = route.Relay is not null && !route.IsSandbox;
        var own = route.Provider?.Limits ?? Limits.None;
        var shape = new DestinationShape(route.Destination, route.ProviderName,
            own.Connections ?? (isRelay ? limits.PerRelay : limits.PerDestination), own, clock, () => holds.SlowDownOn(HoldScope.Destination, route.Destination));
        var pool = new ConnectionPool(
            own.MessagesPerConnection ?? (isRelay ? limits.MessagesPerRelayConnection : limits.MessagesPerConnection),
            limits.IdleTimeout, metrics, clock);
        // A relay may fill the whole worker: all mail goes there. An MX destination may not.
        return isRelay
            ? new Destination(shape, int.MaxValue, queue.Value.MaxInFlight, pool, clock, attempts)
            : new Destination(shape, limits.FirstPerDestination, limits.WaitingPerDestination, pool, clock, attempts);
    }
}
