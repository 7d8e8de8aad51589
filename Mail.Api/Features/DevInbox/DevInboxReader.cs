using Mail.Core.Ids;
using Mail.Core.Inbound;
using Mail.Core.Organizations;

namespace Mail.Api.Features.DevInbox;

/// <summary>Lists captured mail, and waits for it while there is none.</summary>
internal sealed class DevInboxReader(
    DevInboxStore inbox, InboundBlobs blobs, DevInboxArrivals arrivals, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    // The signal may be lost; looking is what counts.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>One more than the limit when there is another page.</summary>
    public async Task<IReadOnlyList<(InboxMessage Message, byte[] Head)>> ListAsync(
        OrganizationId organization, InboxQuery query, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            // Taken before looking, so that what arrives in between is not missed.
            var arrival = arrivals.NextAsync(organization);
            var found = await inbox.ListAsync(organization, query.Filter, query.Page.After, query.Page.Fetch, cancellationToken);
            var left = query.Wait - clock.GetElapsedTime(start);
            if (found.Count > 0 || left <= TimeSpan.Zero || lifetime.ApplicationStopping.IsCancellationRequested)
                return found;
            await WaitAsync(arrival, left < LookAgainAfter ? left : LookAgainAfter, cancellationToken);
        }
    }

    /// <summary>A mail with all of its octets in memory, as its parts need them.</summary>
    public async Task<(InboxMessage Message, byte[] Raw)?> FindAsync(OrganizationId organization, string id, CancellationToken cancellationToken)
    {
        if (await OpenAsync(organization, id, cancellationToken) is not { } found)
            return null;
        await using var content = found.Content;
        var raw = GC.AllocateUninitializedArray<byte>(found.Message.Size);
        await content.ReadExactlyAsync(raw, cancellationToken);
        return (found.Message, raw);
    }

    /// <summary>A mail with a stream of its octets.</summary>
    /// <exception cref="Azure.RequestFailedException">It is large, and blob storage is away.</exception>
    public async Task<(InboxMessage Message, Stream Content)?> OpenAsync(
        OrganizationId organization, string id, CancellationToken cancellationToken)
    {
        if (!PrefixedId.TryParse<InboxMessageId>(id, out var message) || await inbox.FindAsync(organization, message, cancellationToken) is not { } found)
            return null;
        return (found.Message, found.Blob is { } blob ? await blobs.OpenAsync(blob, cancellationToken) : new MemoryStream(found.Inline, writable: false));
    }

    private async Task WaitAsync(Task arrival, TimeSpan time, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        await Task.WhenAny(arrival, Task.Delay(time, clock, end.Token));
        await end.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
