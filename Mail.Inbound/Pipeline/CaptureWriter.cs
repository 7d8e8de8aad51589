using System.Buffers;
using Azure;
using Mail.Core.Inbound;
using Mail.Core.Messages;
using Mail.Core.Persistence;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Pipeline;

/// <param name="Message">The message that the return path proves; null when it is not one of ours.</param>
/// <param name="SenderDomain">Who else may own it.</param>
internal sealed record CaptureRequest(MessageId? Message, string SenderDomain, CapturedMail Mail);

/// <summary>Stores captured mail in groups.</summary>
internal sealed class CaptureWriter : BackgroundService
{
    private static readonly GroupCommitLimits Limits = new(Writers: 2, MaxBatch: 250, MaxBatchBytes: 16_000_000, MaxWaiting: 10_000);

    // What is kept in memory until it is stored is kept in the database too.
    private const int MaxInlineBytes = 1_048_576;

    private readonly DevInbox _inbox;
    private readonly InboundBlobs _blobs;
    private readonly InboundMailOptions _options;
    private readonly GroupCommit<CaptureRequest, InboxMessageId?> _commits;

    public CaptureWriter(DevInbox inbox, InboundBlobs blobs, IOptions<InboundMailOptions> options)
    {
        (_inbox, _blobs, _options) = (inbox, blobs, options.Value);
        _commits = new(Limits, request => request.Mail.Inline.Length * (long)request.Mail.Recipients.Count, StoreAsync);
    }

    /// <summary>Where the octets of a large mail are in blob storage from now on; null for a small one. No owner: nowhere.</summary>
    /// <exception cref="RequestFailedException">Blob storage is away or refuses.</exception>
    public async Task<(bool HasOwner, string? Blob)> StoreLargeAsync(MessageId? message, string senderDomain, ReadOnlySequence<byte> octets)
    {
        if (octets.Length <= MaxInlineBytes)
            return (true, null);
        return await _inbox.FindOwnerAsync(message, senderDomain, CancellationToken.None) is { } owner
            ? (true, await _blobs.StoreRawAsync(owner, octets, _options.DevInboxRetention, CancellationToken.None))
            : (false, null);
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
