using Mail.Core.Persistence;
using Mail.Core.Queue;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Worker.Delivery;

/// <summary>
/// Writes how items ended, many in one transaction. While the database is away outcomes wait here: they stay true as long
/// as nobody else has claimed the item, which the lease's token tells.
/// </summary>
internal sealed partial class Recorder : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    private readonly QueueStore _store;
    private readonly HeldItems _held;
    private readonly TimeProvider _clock;
    private readonly ILogger<Recorder> _logger;
    private readonly GroupCommit<DeliveryRecord, bool> _records;
    private readonly GroupCommit<ReleasedLease, bool> _releases;
    private readonly SemaphoreSlim _unrecorded;
    private readonly CancellationTokenSource _giveUp = new();

    public Recorder(
        QueueStore store, HeldItems held, IOptions<QueueOptions> options, TimeProvider clock, ILogger<Recorder> logger)
    {
        _store = store;
        _held = held;
        _clock = clock;
        _logger = logger;
        // Every item ends once, so no more can wait than are held.
        var limits = new GroupCommitLimits(
            options.Value.RecordWriters, options.Value.RecordBatch, MaxBatchBytes: long.MaxValue, MaxWaiting: options.Value.MaxInFlight + 1);
        _unrecorded = new SemaphoreSlim(options.Value.MaxUnrecorded);
        _records = new GroupCommit<DeliveryRecord, bool>(limits, _ => 0, WriteRecordsAsync);
        _releases = new GroupCommit<ReleasedLease, bool>(limits, _ => 0, WriteReleasesAsync);
    }

    /// <summary>
    /// To be passed before a message is ended on the wire. While too many outcomes wait for their commit no other is: a worker that
    /// dies repeats no more than what it has sent and not recorded. Servers that hang do not use it up (<see cref="HangWatch"/>).
    /// </summary>
    public async ValueTask EnterAsync(HeldItem item, CancellationToken cancellationToken)
    {
        // The next server is tried with what the one before has left.
        if (item.HasPlace)
            return;
        item.WaitsToEnter = true;
        await _unrecorded.WaitAsync(cancellationToken);
        item.Enter(_clock.GetTimestamp());
    }

    /// <summary>Gives back the place that <see cref="EnterAsync"/> gave, if the item still has it.</summary>
    public void Leave(HeldItem item)
    {
        if (item.TryLeave())
            _unrecorded.Release();
    }

    /// <summary>Writes the outcome; the item is held until that is committed.</summary>
    public void Record(HeldItem item, DeliveryRecord record)
    {
        item.HasEnded = true;
        _ = EndAsync(item, CommitAsync(record));
    }

    /// <summary>Gives the item back without an outcome; what is not ready at once has a reason to wait.</summary>
    public void Release(HeldItem item, TimeSpan after, string? reason = null) =>
        _ = EndAsync(item, _releases.CommitAsync(new ReleasedLease(item.Job.Lease, after, reason), CancellationToken.None));

    /// <summary>Writes what is waiting, as long as the host gives time.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _records.Complete();
        _releases.Complete();
        await using var stop = cancellationToken.UnsafeRegister(static giveUp => ((CancellationTokenSource)giveUp!).Cancel(), _giveUp);
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_records.RunAsync(), _releases.RunAsync());

    private async Task<bool> CommitAsync(DeliveryRecord record)
    {
        try
        {
            return await _records.CommitAsync(record, CancellationToken.None);
        }
        catch (PostgresException error)
        {
            // An outcome that is never written means a mail that is sent again and again: rather one without the server's words.
            Log.OutcomeRefused(_logger, record.Message, error);
            var plain = record with
            {
                Conversation = null,
                Results = [.. record.Results.Select(result => result with { Reply = null, EnhancedCode = null })],
            };
            return await _records.CommitAsync(plain, CancellationToken.None);
        }
    }

    private async Task EndAsync(HeldItem item, Task<bool> committed)
    {
        try
        {
            if (!await committed)
                Log.LeaseLost(_logger, item.Job.Message);
        }
        catch (Exception error)
        {
            // The lease expires and the item is due again.
            Log.NotRecorded(_logger, item.Job.Message, error);
        }
        finally
        {
            Leave(item);
            _held.End(item);
        }
    }

    private Task<IReadOnlyList<bool>> WriteRecordsAsync(IReadOnlyList<DeliveryRecord> batch) => PersistAsync<IReadOnlyList<bool>>(async () =>
    {
        var written = (await _store.RecordAsync(batch, _giveUp.Token)).Select(record => record.Lease).ToHashSet();
        return [.. batch.Select(record => written.Contains(record.Lease))];
    });

    private Task<IReadOnlyList<bool>> WriteReleasesAsync(IReadOnlyList<ReleasedLease> batch) => PersistAsync<IReadOnlyList<bool>>(async () =>
    {
        foreach (var group in batch.GroupBy(release => (release.After, release.Reason)))
            await _store.ReleaseAsync([.. group.Select(release => release.Lease)], group.Key.After, group.Key.Reason, _giveUp.Token);
        return [.. batch.Select(_ => true)];
    });

    private async Task<T> PersistAsync<T>(Func<Task<T>> write)
    {
        for (var wait = FirstRetry; ; wait = wait * 2 < LongestRetry ? wait * 2 : LongestRetry)
        {
            try
            {
                return await write();
            }
            catch (Exception error) when (DatabaseErrors.IsAway(error))
            {
                Log.Waiting(_logger, error.Message);
            }
            await Task.Delay(wait, _clock, _giveUp.Token);
        }
    }

    private readonly record struct ReleasedLease(QueueLease Lease, TimeSpan After, string? Reason);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Outcomes wait for the database: {Reason}")]
        public static partial void Waiting(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "The lease of {Message} was lost; its outcome was not written")]
        public static partial void LeaseLost(ILogger logger, Core.Messages.MessageId message);

        [LoggerMessage(LogLevel.Error, "The database refuses the outcome of {Message}; it is written without the server's words")]
        public static partial void OutcomeRefused(ILogger logger, Core.Messages.MessageId message, Exception error);

        [LoggerMessage(LogLevel.Error, "The outcome of {Message} could not be written; it will be attempted again")]
        public static partial void NotRecorded(ILogger logger, Core.Messages.MessageId message, Exception error);
    }
}
