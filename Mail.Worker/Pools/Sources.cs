using System.Collections.Concurrent;
using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Mail.Worker.Shaping;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Pools;

/// <summary>
/// The addresses that mail leaves from, and which of them an item takes: by weight among those of its pool that may send.
/// One that is being warmed up may send so much to each provider and day; what is more goes to another one.
/// </summary>
internal sealed partial class Sources(
    SourceStore store, Holds holds, Destinations destinations, IOptions<WarmupOptions> warmup, IOptions<ShapingOptions> options,
    TimeProvider clock, ILogger<Sources> logger) : BackgroundService
{
    private const int Reserve = 20;

    private readonly ConcurrentDictionary<(string Source, string Provider), Allowance> _allowances = new();
    private ILookup<string, DeliverySource> _pools = Array.Empty<DeliverySource>().ToLookup(source => source.Pool);

    public bool IsEmpty => _pools.Count == 0;

    /// <summary>The names of the destinations that a lane's mail may have, one for each source of the pool.</summary>
    public IEnumerable<string> DestinationsOf(string destination, string? pool) =>
        _pools[pool ?? DeliverySource.DefaultPool].Select(source => NameOf(destination, source));

    /// <summary>The route by one of the pool's sources; null when none of them may send there now.</summary>
    public async ValueTask<DeliveryRoute.Servers?> ChooseAsync(DeliveryRoute.Servers route, string? pool, CancellationToken cancellationToken)
    {
        var open = _pools[pool ?? DeliverySource.DefaultPool].ToList();
        if (open.Count == 0)
            return pool is null ? route : null;
        while (open.Count > 0)
        {
            var source = open.Count == 1 ? open[0] : Pick(open);
            var name = NameOf(route.Destination, source);
            if (IsOpen(source, name) && await IsAllowedAsync(source, route.ProviderName, cancellationToken))
                return route with { Destination = name, Source = source };
            open.Remove(source);
        }
        return null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RouteInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryReadAsync(stoppingToken);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Nothing is claimed before the sources are known, or the first items would leave from elsewhere.
        await TryReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    private bool IsOpen(DeliverySource source, string destination) =>
        holds.On(HoldScope.Source, source.Name) is null && holds.On(HoldScope.Destination, destination) is null
        && destinations.SuspensionOf(destination) is null;

    private async ValueTask<bool> IsAllowedAsync(DeliverySource source, string provider, CancellationToken cancellationToken)
    {
        if (source.WarmupDay is not { } day || warmup.Value.CapOf(day) is not { } cap)
            return true;
        var allowance = _allowances.GetOrAdd((source.Name, provider), _ => new Allowance());
        await allowance.Gate.WaitAsync(cancellationToken);
        try
        {
            if (allowance.Day != day)
                (allowance.Day, allowance.Left, allowance.IsSpent) = (day, 0, false);
            if (allowance is { Left: 0, IsSpent: false })
            {
                allowance.Left = await store.ReserveAsync(source.Name, provider, cap, Reserve, cancellationToken);
                allowance.IsSpent = allowance.Left == 0;
            }
            if (allowance.Left == 0)
                return false;
            allowance.Left--;
            return true;
        }
        finally
        {
            allowance.Gate.Release();
        }
    }

    private static DeliverySource Pick(List<DeliverySource> sources)
    {
        var point = Random.Shared.Next(sources.Sum(source => source.Weight));
        foreach (var source in sources)
        {
            point -= source.Weight;
            if (point < 0)
                return source;
        }
        return sources[^1];
    }

    private static string NameOf(string destination, DeliverySource source) => $"{destination} from {source.Name}";

    private async Task TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _pools = (await store.ListAsync(cancellationToken)).ToLookup(source => source.Pool);
        }
        catch (NpgsqlException error)
        {
            Log.SourcesNotRead(logger, error.Message);
        }
    }

    /// <summary>What is left of what was taken from the day's cap.</summary>
    private sealed class Allowance
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public int Day { get; set; }

        public int Left { get; set; }

        public bool IsSpent { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Sources were not read, the last ones stay: {Reason}")]
        public static partial void SourcesNotRead(ILogger logger, string reason);
    }
}
