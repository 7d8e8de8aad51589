using Mail.Core.Queue;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Delivery;

/// <summary>Renews the leases of what takes long, in batches, every third of a lease. A lost lease stops its work.</summary>
internal sealed partial class LeaseLoop(
    QueueStore store, HeldItems held, IOptions<QueueOptions> options, TimeProvider clock, ILogger<LeaseLoop> logger) : BackgroundService
{
    private const int BatchSize = 1000;

    private readonly TimeSpan _lease = options.Value.Lease;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_lease / 3, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RenewAsync(stoppingToken);
            }
            catch (NpgsqlException error)
            {
                // What is running goes on: while the database is away nobody else can claim it either.
                Log.RenewalFailed(logger, error);
            }
        }
    }

    internal async Task RenewAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        foreach (var batch in held.All.Where(item => IsAging(item, now)).Chunk(BatchSize))
        {
            var renewed = await store.RenewAsync([.. batch.Select(item => item.Job.Lease)], _lease, cancellationToken);
            foreach (var item in batch)
            {
                if (renewed.Contains(item.Job.Lease))
                    item.Renewed(now);
                else
                    item.Cut();
            }
        }
    }

    private bool IsAging(HeldItem item, long now) => clock.GetElapsedTime(item.LeasedAt, now) >= _lease / 3;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Leases were not renewed: the database is away")]
        public static partial void RenewalFailed(ILogger logger, Exception error);
    }
}
