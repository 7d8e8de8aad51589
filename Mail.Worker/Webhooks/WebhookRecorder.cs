using Mail.Core.Persistence;
using Mail.Core.Webhooks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Webhooks;

/// <summary>
/// Writes how attempts ended, many in one transaction. While the database is away they wait here as long as their lease
/// lasts, and a little longer: nobody else can have claimed them meanwhile.
/// </summary>
internal sealed partial class WebhookRecorder : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    private readonly WebhookQueueStore _store;
    private readonly TimeSpan _disableAfter;
    private readonly TimeProvider _clock;
    private readonly ILogger<WebhookRecorder> _logger;
    private readonly GroupCommit<WebhookResult, bool> _results;
    private readonly CancellationTokenSource _giveUp = new();

    public WebhookRecorder(
        WebhookQueueStore store, WorkerName worker, IOptions<WebhookDispatchOptions> options, TimeProvider clock, ILogger<WebhookRecorder> logger)
    {
        _store = store;
        _disableAfter = options.Value.DisableAfter;
        _clock = clock;
        _logger = logger;
        Worker = worker.Value;
        _results = new GroupCommit<WebhookResult, bool>(
            new GroupCommitLimits(Writers: 1, options.Value.RecordBatch, MaxBatchBytes: long.MaxValue, MaxWaiting: options.Value.MaxInFlight + 1),
            _ => 0, WriteAsync);
    }

    public string Worker { get; }

    /// <summary>Ends when the result is committed, or will never be.</summary>
    public async Task RecordAsync(WebhookResult result)
    {
        try
        {
            if (!await CommitAsync(result))
                Log.WebhookLeaseLost(_logger, result.Job.Delivery);
        }
        catch (Exception error)
        {
            // The lease expires and the delivery is due again.
            Log.WebhookNotRecorded(_logger, result.Job.Delivery, error);
        }
    }

    public async Task ReleaseAsync(WebhookLease lease)
    {
        try
        {
            await _store.ReleaseAsync([lease], _giveUp.Token);
        }
        catch (Exception error)
        {
            Log.WebhookNotRecorded(_logger, lease.Delivery, error);
        }
    }

    /// <summary>Writes what is waiting, as long as the host gives time.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _results.Complete();
        await using var stop = cancellationToken.UnsafeRegister(static giveUp => ((CancellationTokenSource)giveUp!).Cancel(), _giveUp);
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _results.RunAsync();

    private async Task<bool> CommitAsync(WebhookResult result)
    {
        try
        {
            return await _results.CommitAsync(result, CancellationToken.None);
        }
        catch (PostgresException error)
        {
            // Rather a result without the receiver's words than a delivery that is made again and again.
            Log.WebhookResultRefused(_logger, result.Job.Delivery, error);
            return await _results.CommitAsync(result with { ResponseBody = null, ResponseHeaders = null }, CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<WebhookResult> batch)
    {
        for (var wait = FirstRetry; ; wait = wait * 2 < LongestRetry ? wait * 2 : LongestRetry)
        {
            try
            {
                var written = await _store.RecordAsync(batch, _disableAfter, _giveUp.Token);
                return [.. batch.Select(result => written.Contains(result.Job.Lease))];
            }
            catch (Exception error) when (DatabaseErrors.IsAway(error))
            {
                Log.WebhookResultsWait(_logger, error.Message);
            }
            await Task.Delay(wait, _clock, _giveUp.Token);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Webhook results wait for the database: {Reason}")]
        public static partial void WebhookResultsWait(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "The lease of webhook delivery {Delivery} was lost; its result was not written")]
        public static partial void WebhookLeaseLost(ILogger logger, WebhookDeliveryId delivery);

        [LoggerMessage(LogLevel.Error, "The database refuses the result of webhook delivery {Delivery}; it is written without the answer")]
        public static partial void WebhookResultRefused(ILogger logger, WebhookDeliveryId delivery, Exception error);

        [LoggerMessage(LogLevel.Error, "The result of webhook delivery {Delivery} could not be written; it will be attempted again")]
        public static partial void WebhookNotRecorded(ILogger logger, WebhookDeliveryId delivery, Exception error);
    }
}
