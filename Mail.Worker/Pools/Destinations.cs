using System.Collections.Concurrent;
using Mail.Worker.Delivery;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Pools;

/// <summary>All destinations that have work or connections at the moment.</summary>
internal sealed class Destinations(
    DeliveryAttempts attempts, IOptions<ConnectionOptions> connections, IOptions<QueueOptions> queue, WorkerMetrics metrics, TimeProvider clock)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, Destination> _byName = new();
    private volatile bool _closed;

    public bool IsClosed => _closed;

    /// <summary>How many items more the destination could take now.</summary>
    public int RoomOf(string name) => _byName.TryGetValue(name, out var destination) ? destination.Room : connections.Value.PerDestination;

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

    // A relay may fill the whole worker: all mail goes there. An MX destination may not.
    private Destination Create(DeliveryRoute.Servers route)
    {
        var limits = connections.Value;
        var isRelay = route.Relay is not null;
        var pool = new ConnectionPool(
            isRelay ? limits.MessagesPerRelayConnection : limits.MessagesPerConnection, limits.IdleTimeout, metrics, clock);
        return isRelay
            ? new Destination(limits.PerRelay, queue.Value.MaxInFlight, pool, clock, attempts.RunAsync)
            : new Destination(limits.PerDestination, limits.WaitingPerDestination, pool, clock, attempts.RunAsync);
    }
}
