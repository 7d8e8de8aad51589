using Mail.Core.Persistence;
using Microsoft.Extensions.Hosting;

namespace Mail.Core.Inbound;

/// <summary>Stores received mail in groups: mails that end at the same moment share a commit.</summary>
public sealed class InboundWriter : BackgroundService
{
    private static readonly GroupCommitLimits Limits = new(Writers: 2, MaxBatch: 100, MaxBatchBytes: 16_000_000, MaxWaiting: 10_000);

    private readonly InboundMessageStore _store;
    private readonly GroupCommit<IReadOnlyList<NewInboundMessage>, bool> _commits;

    public InboundWriter(InboundMessageStore store)
    {
        _store = store;
        _commits = new(Limits, SizeOf, StoreAsync);
    }

    /// <summary>Stores all of them or none. Returns only after the commit.</summary>
    internal Task StoreAsync(IReadOnlyList<NewInboundMessage> messages) => _commits.CommitAsync(messages, CancellationToken.None);

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _commits.Complete();
        return base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _commits.RunAsync();

    private async Task<IReadOnlyList<bool>> StoreAsync(IReadOnlyList<IReadOnlyList<NewInboundMessage>> batch)
    {
        await _store.StoreAsync([.. batch.SelectMany(messages => messages)], CancellationToken.None);
        return [.. batch.Select(_ => true)];
    }

    private static long SizeOf(IReadOnlyList<NewInboundMessage> messages) =>
        messages.Sum(message => (message.Raw?.Length ?? 0) + 2L * ((message.Content.Text?.Length ?? 0) + (message.Content.Html?.Length ?? 0)));
}
