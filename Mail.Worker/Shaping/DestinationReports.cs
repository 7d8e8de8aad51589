using System.Collections.Concurrent;
using Mail.Core.Queue;
using Mail.Worker.Pools;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Shaping;

/// <summary>Writes down, for operators, where domains were found to lead and what holds destinations back.</summary>
internal sealed partial class DestinationReports(
    DestinationStore store, Destinations destinations, WorkerName worker, IOptions<ShapingOptions> options, TimeProvider clock,
    ILogger<DestinationReports> logger) : BackgroundService
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan ForgetInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, KnownDestination> _found = new();
    private long _forgottenAt;
    private bool _hasReported;

    public void Found(string domain, string destination, string provider)
    {
        if (_found.Count < Capacity)
            _found[domain] = new KnownDestination(domain, destination, provider);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ReportInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await WriteAsync(stoppingToken);
            }
            catch (NpgsqlException error)
            {
                Log.NotReported(logger, error.Message);
            }
        }
    }

    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        var found = _found.ToArray();
        if (found.Length > 0)
            await store.LearnAsync([.. found.Select(item => item.Value)], cancellationToken);
        foreach (var item in found)
            _found.TryRemove(item);
        var states = destinations.States().ToList();
        if (states.Count > 0 || _hasReported)
            await store.ReportAsync(worker.Value, states, cancellationToken);
        _hasReported = states.Count > 0;
        if (clock.GetElapsedTime(_forgottenAt) < ForgetInterval)
            return;
        _forgottenAt = clock.GetTimestamp();
        await store.ForgetAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "What is known of destinations was not written: {Reason}")]
        public static partial void NotReported(ILogger logger, string reason);
    }
}
