using System.Diagnostics.Metrics;
using Mail.Core.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.TrackedMail;

/// <summary>
/// Writes opens and clicks down in groups, behind the answer: a picture or a redirect must not wait for a disk, and one that was not
/// written down harms nobody. What is waiting when the process dies, or while the database is away, is not counted.
/// </summary>
public sealed partial class TrackingWriter : BackgroundService
{
    private const int Writers = 1;
    private const int MaxBatch = 500;
    private static readonly Meter Meter = new("Mail.Tracking");
    private static readonly Counter<long> Lost = Meter.CreateCounter<long>("mail.tracking.lost", description: "Opens and clicks that were not written down.");

    private readonly GroupCommit<TrackingHit, bool> _hits;
    private readonly ILogger<TrackingWriter> _logger;

    public TrackingWriter(TrackingStore store, IOptions<TrackingOptions> options, ILogger<TrackingWriter> logger)
    {
        _logger = logger;
        _hits = new(new(Writers, MaxBatch, long.MaxValue, options.Value.MaxWaiting), _ => 1, async batch =>
        {
            await store.RecordAsync(batch, CancellationToken.None);
            return [.. batch.Select(_ => true)];
        });
    }

    /// <summary>Returns at once.</summary>
    public void Add(TrackingHit hit)
    {
        if (_hits.TryCommitAsync(hit) is { } written)
            _ = WatchAsync(written);
        else
            Lost.Add(1);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _hits.Complete();
        return base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _hits.RunAsync();

    private async Task WatchAsync(Task<bool> written)
    {
        try
        {
            await written;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException)
        {
            Lost.Add(1);
            Log.HitsLost(_logger, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "An open or click was not written down: {Reason}")]
        public static partial void HitsLost(ILogger logger, string reason);
    }
}
