using Mail.Core.Inbound;
using Mail.Core.Organizations;

namespace Mail.Api.Features.DevInbox;

/// <summary>Lists captured mail, and waits for it while there is none.</summary>
internal sealed class DevInboxReader(DevInboxStore inbox, DevInboxArrivals arrivals, IHostApplicationLifetime lifetime, TimeProvider clock)
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

    private async Task WaitAsync(Task arrival, TimeSpan time, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        await Task.WhenAny(arrival, Task.Delay(time, clock, end.Token));
        await end.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
