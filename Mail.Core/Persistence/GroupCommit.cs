using System.Threading.Channels;
using Npgsql;

namespace Mail.Core.Persistence;

/// <summary>
/// Lets items that are ready at the same moment share one transaction, and so one flush to disk. While a batch commits
/// the next one gathers; an idle system commits a single item at once. Nobody is answered before its commit.
/// Large batches are cheap ones, so writers take turns; one that is slow, or hangs, holds the others for a moment only.
/// </summary>
/// <param name="limits">How much may wait and how much shares a transaction.</param>
/// <param name="bytesOf">Approximate size of an item.</param>
/// <param name="commit">Stores a batch durably and returns one result per item, in order.</param>
public sealed class GroupCommit<TItem, TResult>(
    GroupCommitLimits limits, Func<TItem, long> bytesOf, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit)
{
    // What must be committed together waits together.
    private readonly Channel<Entry[]> _waiting = Channel.CreateBounded<Entry[]>(limits.MaxWaiting);
    private readonly SemaphoreSlim _turn = new(1);
    private int _itemsWaiting;

    /// <summary>The result once the item is committed; null when too much is waiting already, and nothing was stored.</summary>
    /// <exception cref="NpgsqlException">The database is away. The item may have been stored all the same.</exception>
    public Task<TResult>? TryCommitAsync(TItem item)
    {
        var entry = new Entry(item);
        return TryWrite([entry]) ? entry.Result.Task : null;
    }

    /// <summary>As <see cref="TryCommitAsync(TItem)"/>, all in one transaction, whatever shares it. A result for each item, in order.</summary>
    public IReadOnlyList<Task<TResult>>? TryCommitAsync(IReadOnlyCollection<TItem> items)
    {
        Entry[] entries = [.. items.Select(item => new Entry(item))];
        return entries.Length == 0 || TryWrite(entries) ? [.. entries.Select(entry => entry.Result.Task)] : null;
    }

    /// <summary>As <see cref="TryCommitAsync(TItem)"/>, but waits while too much is waiting.</summary>
    public async Task<TResult> CommitAsync(TItem item, CancellationToken cancellationToken)
    {
        var entry = new Entry(item);
        await _waiting.Writer.WriteAsync([entry], cancellationToken);
        Interlocked.Increment(ref _itemsWaiting);
        return await entry.Result.Task;
    }

    /// <summary>Takes nothing more; <see cref="RunAsync"/> commits what is waiting and ends.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>Commits until <see cref="Complete"/>.</summary>
    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, limits.Writers).Select(_ => Task.Run(WriteAsync)));

    // More than may wait is taken when nothing else waits.
    private bool TryWrite(Entry[] entries)
    {
        var waiting = Interlocked.Add(ref _itemsWaiting, entries.Length);
        if ((waiting <= limits.MaxWaiting || waiting == entries.Length) && _waiting.Writer.TryWrite(entries))
            return true;
        Interlocked.Add(ref _itemsWaiting, -entries.Length);
        return false;
    }

    private async Task WriteAsync()
    {
        var batch = new List<Entry>(limits.MaxBatch);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var isTurn = await _turn.WaitAsync(GroupCommitLimits.Patience);
            Gather(batch);
            await CommitAsync(batch);
            batch.Clear();
            if (isTurn)
                _turn.Release();
        }
    }

    private void Gather(List<Entry> batch)
    {
        var bytes = 0L;
        while (batch.Count < limits.MaxBatch && bytes < limits.MaxBatchBytes && _waiting.Reader.TryRead(out var entries))
        {
            Interlocked.Add(ref _itemsWaiting, -entries.Length);
            batch.AddRange(entries);
            bytes += entries.Sum(entry => bytesOf(entry.Item));
        }
    }

    private async Task CommitAsync(List<Entry> batch)
    {
        if (batch.Count == 0)
            return;
        try
        {
            var results = await commit(batch.ConvertAll(entry => entry.Item));
            for (var i = 0; i < batch.Count; i++)
                batch[i].Result.TrySetResult(results[i]);
        }
        catch (PostgresException error) when (batch.Count > 1 && IsAboutOneRow(error))
        {
            // One bad row harms only itself.
            foreach (var entry in batch)
                await CommitAsync([entry]);
        }
        catch (Exception error)
        {
            foreach (var entry in batch)
                entry.Result.TrySetException(error);
        }
    }

    // Class 22 (data exception), class 23 (constraint), class 54 (program limit), class MA (raised by functions of ours),
    // and a deadlock that picked this batch.
    private static bool IsAboutOneRow(PostgresException error) =>
        error.SqlState[..2] is "22" or "23" or "54" or "MA" || error.SqlState == PostgresErrorCodes.DeadlockDetected;

    private sealed class Entry(TItem item)
    {
        public TItem Item => item;

        // Off the writer's thread: the next batch must not wait for what callers do with their results.
        public TaskCompletionSource<TResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <param name="Writers">How many transactions commit at the same moment, when one takes longer than <see cref="Patience"/>.</param>
/// <param name="MaxBatch">No further item joins a transaction that has as many; only items that belong together are more.</param>
/// <param name="MaxBatchBytes">No further item joins a transaction that holds this much.</param>
/// <param name="MaxWaiting">The most items that wait for a writer.</param>
public sealed record GroupCommitLimits(int Writers, int MaxBatch, long MaxBatchBytes, int MaxWaiting)
{
    /// <summary>How long a writer waits for the one before it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);
}
