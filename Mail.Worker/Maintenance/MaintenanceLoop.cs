using Npgsql;

namespace Mail.Worker.Maintenance;

/// <summary>Runs the <see cref="MaintenanceJob"/>s, each at its own interval. One that fails is repeated at its next time.</summary>
internal sealed partial class MaintenanceLoop(IEnumerable<MaintenanceJob> jobs, TimeProvider clock, ILogger<MaintenanceLoop> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(jobs.Select(job => RepeatAsync(job, stoppingToken)));

    private async Task RepeatAsync(MaintenanceJob job, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(job.Interval, clock);
        do
        {
            try
            {
                while (await job.RunAsync(stoppingToken) >= job.FullPart)
                    stoppingToken.ThrowIfCancellationRequested();
            }
            catch (NpgsqlException error)
            {
                Log.JobFailed(logger, job.Name, error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Maintenance job {Name} failed and is repeated at its next time")]
        public static partial void JobFailed(ILogger logger, string name, Exception error);
    }
}
