using Mail.Core;
using Mail.Core.Schedules;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Scheduling;

/// <summary>Releases what is due. Any number of workers may do it at the same time.</summary>
internal sealed partial class ScheduleLoop(
    ReleaseScheduled release, IOptions<ScheduleOptions> options, TimeProvider clock, ILogger<ScheduleLoop> logger) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private readonly ScheduleOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
            await Task.Delay(await ReleaseAsync(stoppingToken), clock, stoppingToken);
    }

    /// <summary>Releases one batch. Returns how long to wait for the next.</summary>
    private async Task<TimeSpan> ReleaseAsync(CancellationToken stoppingToken)
    {
        try
        {
            var (count, untilNext) = await release.ReleaseDueAsync(_options.BatchSize, stoppingToken);
            if (count == _options.BatchSize || untilNext <= TimeSpan.Zero)
                return TimeSpan.Zero;
            return untilNext is { } wait && wait < _options.PollInterval ? wait : _options.PollInterval;
        }
        catch (NpgsqlException error)
        {
            Log.ReleaseFailed(logger, error);
            return PauseAfterFailure;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Scheduled messages could not be released; it is tried again")]
        public static partial void ReleaseFailed(ILogger logger, Exception error);
    }
}

internal static class SchedulingServices
{
    public static void AddScheduling(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<ScheduleOptions>(ScheduleOptions.Section);
        builder.Services.AddSingleton<ReleaseScheduled>();
        builder.Services.AddHostedService<ScheduleLoop>();
    }
}
