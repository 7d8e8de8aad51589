using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mail.ServiceDefaults;

/// <summary>
/// Starts a background service again that failed in a way it did not foresee: the process and all else in it goes on. What is foreseen, such
/// as a database that is away, each handles itself.
/// </summary>
internal sealed partial class ServiceRestarts(IServiceProvider services, TimeProvider time, ILogger<ServiceRestarts> logger)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _watches = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // Not before: this is one of the hosted services itself.
        _watches = Task.WhenAll(services.GetServices<IHostedService>().OfType<BackgroundService>().Select(WatchAsync));
        return Task.CompletedTask;
    }

    /// <summary>Before any service is stopped: none is started again after that.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _watches;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private async Task WatchAsync(BackgroundService service)
    {
        for (var isStarted = true; !_stopping.IsCancellationRequested; isStarted = false)
        {
            try
            {
                if (!isStarted)
                    await service.StartAsync(CancellationToken.None);
                await service.ExecuteTask!.WaitAsync(_stopping.Token);
                return; // It has nothing more to do.
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Log.ServiceFailed(logger, service.GetType().Name, error);
            }
            await Task.Delay(Pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Service} failed in an unforeseen way and is started again")]
        public static partial void ServiceFailed(ILogger logger, string service, Exception error);
    }
}
