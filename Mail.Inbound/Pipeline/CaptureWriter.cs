using Mail.Core.Inbound;
using Mail.Core.Messages;
using Mail.Core.Persistence;

namespace Mail.Inbound.Pipeline;

/// <param name="Message">The message that the return path proves; null when it is not one of ours.</param>
/// <param name="SenderDomain">Who else may own it.</param>
internal sealed record CaptureRequest(MessageId? Message, string SenderDomain, CapturedMail Mail);

/// <summary>Stores captured mail in groups.</summary>
internal sealed class CaptureWriter : BackgroundService
{
    private static readonly GroupCommitLimits Limits = new(Writers: 2, MaxBatch: 250, MaxBatchBytes: 16_000_000, MaxWaiting: 10_000);

    private readonly DevInbox _inbox;
    private readonly GroupCommit<CaptureRequest, InboxMessageId?> _commits;

    public CaptureWriter(DevInbox inbox)
    {
        _inbox = inbox;
        _commits = new(Limits, request => request.Mail.Raw.Length * (long)request.Mail.Recipients.Count, StoreAsync);
    }

    /// <summary>The id under which it is stored, or null when nobody owns it. Returns only after the commit.</summary>
    public Task<InboxMessageId?> StoreAsync(CaptureRequest request) => _commits.CommitAsync(request, CancellationToken.None);

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _commits.Complete();
        return base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _commits.RunAsync();

    private Task<IReadOnlyList<InboxMessageId?>> StoreAsync(IReadOnlyList<CaptureRequest> batch) =>
        _inbox.StoreAsync([.. batch.Select(request => (request.Message, request.SenderDomain, request.Mail))], CancellationToken.None);
}
