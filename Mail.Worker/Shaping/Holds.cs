using System.Collections.Concurrent;
using System.Collections.Frozen;
using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Shaping;

/// <summary>The holds in force, read every second, and those that this worker finds, for the others to read.</summary>
internal sealed partial class Holds(
    HoldStore store, WorkSignal work, IOptions<ShapingOptions> options, TimeProvider clock, ILogger<Holds> logger) : BackgroundService
{
    // Shorter ones are over before others could make use of them.
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<(HoldScope, string, bool, string, TimeSpan?)> _found = new();
    private FrozenDictionary<(HoldScope, string), DeliveryHold> _inForce = FrozenDictionary<(HoldScope, string), DeliveryHold>.Empty;

    /// <summary>What keeps a lane from being delivered, whatever its destination.</summary>
    public DeliveryHold? On(QueueLane lane) =>
        _inForce.Count == 0 ? null : On(HoldScope.Organization, lane.Organization.ToString()) ?? On(HoldScope.Domain, lane.Name);

    public DeliveryHold? On(HoldScope scope, string name) =>
        _inForce.TryGetValue((scope, name), out var hold) && !(hold.Until <= clock.GetUtcNow()) ? hold : null;

    /// <summary>This worker leaves the destination alone; the others should too.</summary>
    public void Found(string destination, Suspension suspension)
    {
        var lasts = suspension.Until - clock.GetUtcNow();
        if (lasts < WorthTelling)
            return;
        _found.Enqueue((HoldScope.Destination, destination, true, suspension.Reason, lasts));
        Log.Suspended(logger, destination, suspension.Until, suspension.Reason);
    }

    // Known before anything is claimed: a worker that has just started must not serve what is held.
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryExchangeAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.HoldInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryExchangeAsync(stoppingToken);
    }

    private async Task TryExchangeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ExchangeAsync(cancellationToken);
        }
        catch (NpgsqlException error)
        {
            Log.HoldsNotRead(logger, error.Message);
        }
    }

    internal async Task ExchangeAsync(CancellationToken cancellationToken)
    {
        if (!_found.IsEmpty)
        {
            var found = new List<(HoldScope, string, bool, string, TimeSpan?)>();
            while (_found.TryDequeue(out var hold))
                found.Add(hold);
            await store.PlaceAsync(found, cancellationToken);
        }
        var inForce = (await store.ListAsync(cancellationToken))
            // An operator's word counts for more than what a worker found, and of two the longer.
            .GroupBy(hold => (hold.Scope, hold.Name))
            .ToFrozenDictionary(group => group.Key, group => group.MinBy(hold => hold.IsAutomatic)!);
        var before = Interlocked.Exchange(ref _inForce, inForce);
        if (before.Keys.Any(key => !inForce.ContainsKey(key)))
            work.Arrived();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Destination} gets nothing until {Until:u}: {Reason}")]
        public static partial void Suspended(ILogger logger, string destination, DateTimeOffset until, string reason);

        [LoggerMessage(LogLevel.Warning, "Holds were not read or written: {Reason}")]
        public static partial void HoldsNotRead(ILogger logger, string reason);
    }
}
