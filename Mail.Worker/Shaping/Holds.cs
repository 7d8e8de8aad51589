using System.Collections.Concurrent;
using System.Collections.Frozen;
using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Shaping;

/// <summary>The holds in force, read every second, and those that this worker finds, for the others to read. Some stop, some slow down.</summary>
internal sealed partial class Holds(
    HoldStore store, WorkSignal work, IOptions<ShapingOptions> options, DatabaseTime clock, ILogger<Holds> logger) : BackgroundService
{
    // Shorter ones are over before others could make use of them.
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<NewHold> _found = new();
    private FrozenDictionary<(HoldScope, string), DeliveryHold> _inForce = FrozenDictionary<(HoldScope, string), DeliveryHold>.Empty;
    private FrozenDictionary<(HoldScope, string), SlowDown> _slow = FrozenDictionary<(HoldScope, string), SlowDown>.Empty;

    /// <summary>What keeps a lane from being delivered, whatever its destination.</summary>
    public DeliveryHold? On(QueueLane lane) =>
        _inForce.Count == 0 ? null : On(HoldScope.Organization, lane.Organization.ToString()) ?? On(HoldScope.Domain, lane.Name);

    public DeliveryHold? On(HoldScope scope, string name) =>
        _inForce.TryGetValue((scope, name), out var hold) && !(hold.Until <= clock.GetUtcNow()) ? hold : null;

    /// <summary>What makes it slower than usual; it may have recovered.</summary>
    public SlowDown? SlowDownOn(HoldScope scope, string name) => _slow.GetValueOrDefault((scope, name));

    /// <summary>What makes a lane slower, whatever its destination: the organization's slow-down, or that of the recipients' domain.</summary>
    public (HoldScope Scope, string Name, SlowDown SlowDown)? SlowDownOn(QueueLane lane)
    {
        // Mail of test keys is nobody's reputation.
        if (_slow.Count == 0 || lane.IsTest)
            return null;
        var organization = lane.Organization.ToString();
        if (SlowDownOn(HoldScope.Organization, organization) is { } own)
            return (HoldScope.Organization, organization, own);
        return SlowDownOn(HoldScope.Domain, lane.Name) is { } domain ? (HoldScope.Domain, lane.Name, domain) : null;
    }

    /// <summary>This worker serves the destination slower; the others should too.</summary>
    public void Found(string destination, SlowDown slow)
    {
        if (slow.Until - clock.GetUtcNow() is { } lasts && lasts >= WorthTelling)
            _found.Enqueue(new NewHold(HoldScope.Destination, destination, true, slow.Reason, lasts, slow.Factor));
    }

    /// <summary>This worker leaves the destination alone; the others should too.</summary>
    public void Found(string destination, Suspension suspension)
    {
        var lasts = suspension.Until - clock.GetUtcNow();
        if (lasts < WorthTelling)
            return;
        _found.Enqueue(new NewHold(HoldScope.Destination, destination, true, suspension.Reason, lasts));
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
            var found = new List<NewHold>();
            while (_found.TryDequeue(out var hold))
                found.Add(hold);
            await store.PlaceAsync(found, cancellationToken);
        }
        clock.Set(await store.NowAsync(cancellationToken));
        var now = clock.GetUtcNow();
        var all = await store.ListAsync(SlowDown.LongestRecovery, cancellationToken);
        var inForce = all.Where(hold => hold.IsSuspension && !(hold.Until <= now))
            // An operator's word counts for more than what a worker found, and of two the longer.
            .GroupBy(hold => (hold.Scope, hold.Name))
            .ToFrozenDictionary(group => group.Key, group => group.MinBy(hold => hold.IsAutomatic)!);
        _slow = all.Where(hold => !hold.IsSuspension || hold.Until <= now)
            .GroupBy(hold => (hold.Scope, hold.Name), SlowDownOf)
            .ToFrozenDictionary(group => group.Key, group => group.MinBy(slow => slow.FactorAt(now))!);
        var before = Interlocked.Exchange(ref _inForce, inForce);
        if (before.Keys.Any(key => !inForce.ContainsKey(key)))
            work.Arrived();
    }

    private static SlowDown SlowDownOf(DeliveryHold hold) =>
        hold.Factor is { } factor ? new SlowDown(factor, hold.Reason, hold.Until) : SlowDown.After(hold.Reason, hold.Until!.Value);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Destination} gets nothing until {Until:u}: {Reason}")]
        public static partial void Suspended(ILogger logger, string destination, DateTimeOffset until, string reason);

        [LoggerMessage(LogLevel.Warning, "Holds were not read or written: {Reason}")]
        public static partial void HoldsNotRead(ILogger logger, string reason);
    }
}
