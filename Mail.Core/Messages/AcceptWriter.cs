using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Queue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Core.Messages;

/// <summary>Commits accepted messages in groups and tells the workers.</summary>
public sealed class AcceptWriter : BackgroundService
{
    private readonly AcceptStore _store;
    private readonly QueueSignal _signal;
    private readonly GroupCommit<PendingAccept, AcceptOutcome> _commits;

    internal AcceptWriter(AcceptStore store, QueueSignal signal, IOptions<AcceptOptions> options)
    {
        _store = store;
        _signal = signal;
        var limits = options.Value;
        _commits = new(new(limits.Writers, limits.MaxBatch, limits.MaxBatchBytes, limits.MaxWaiting),
            pending => pending.Bytes, StoreAsync);
    }

    internal async ValueTask<AcceptOutcome> WriteAsync(PendingAccept pending, CancellationToken cancellationToken) =>
        _commits.TryCommitAsync(pending) is { } committed
            ? await committed.WaitAsync(cancellationToken)
            : new AcceptOutcome.Overloaded();

    /// <summary>All in one commit; the outcome of each, in order.</summary>
    internal IReadOnlyList<Task<AcceptOutcome>> WriteTogether(IReadOnlyCollection<PendingAccept> pendings) =>
        _commits.TryCommitAsync(pendings) ?? [.. pendings.Select(_ => Task.FromResult<AcceptOutcome>(new AcceptOutcome.Overloaded()))];

    /// <summary>What a key stands for already; null when it is free.</summary>
    internal Task<AcceptOutcome?> FindByKeyAsync(OrganizationId organization, Idempotency key, CancellationToken cancellationToken) =>
        _store.FindByKeyAsync(organization, key, cancellationToken);

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _commits.Complete();
        return base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _commits.RunAsync();

    private async Task<IReadOnlyList<AcceptOutcome>> StoreAsync(IReadOnlyList<PendingAccept> batch)
    {
        var outcomes = await _store.StoreAsync(batch, CancellationToken.None);
        _signal.Notify();
        return outcomes;
    }
}
