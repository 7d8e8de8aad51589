using Mail.Core.Organizations;

namespace Mail.Core.Queue;

/// <summary>Says why something in the queue is not sent now.</summary>
/// <param name="holds">All that are in force.</param>
internal sealed class WaitReasons(IReadOnlyList<DeliveryHold> holds)
{
    /// <summary>What suspends it; of several what is mostly meant when one asks: the organization's, the domain's, the destination's.</summary>
    public DeliveryHold? HoldOn(OrganizationId organization, string domain, string? destination) =>
        Find(HoldScope.Organization, organization.ToString(), suspends: true) ?? Find(HoldScope.Domain, domain, suspends: true)
        ?? Find(HoldScope.Destination, destination, suspends: true);

    public QueueItemDetails Explain(QueueItemDetails item)
    {
        if (item.State == "sending")
            return item with { Reason = null };
        if (HoldOn(item.Organization, item.Domain, item.Destination) is { } hold)
            return item with { Reason = hold.Reason, Until = hold.Until };
        if (item.State == "waiting")
            return item with { Until = item.DueAt };
        var slow = Find(HoldScope.Organization, item.Organization.ToString(), suspends: false) ?? Find(HoldScope.Domain, item.Domain, suspends: false)
            ?? Find(HoldScope.Destination, item.Destination, suspends: false);
        return item with { Reason = slow?.Reason ?? "it waits for its turn", Until = slow?.Until };
    }

    private DeliveryHold? Find(HoldScope scope, string? name, bool suspends) =>
        holds.FirstOrDefault(hold => hold.Scope == scope && hold.Name == name && hold.IsSuspension == suspends);
}
