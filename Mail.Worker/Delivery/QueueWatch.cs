using Mail.Core.Queue;
using Npgsql;

namespace Mail.Worker.Delivery;

/// <summary>Wakes the claim loop when an API process says that something is due. A missed signal costs one poll interval.</summary>
internal sealed partial class QueueWatch(QueueListener listener, WorkSignal work, TimeProvider clock, ILogger<QueueWatch> logger) : BackgroundService
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await listener.ListenAsync(work.Arrived, stoppingToken);
            }
            catch (NpgsqlException error)
            {
                Log.SignalsLost(logger, error.Message);
            }
            await Task.Delay(ReconnectDelay, clock, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Not listening for queue signals, polling only: {Reason}")]
        public static partial void SignalsLost(ILogger logger, string reason);
    }
}
