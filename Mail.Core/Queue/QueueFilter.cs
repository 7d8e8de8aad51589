using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Queue;

/// <summary>Which waiting items an operator means. What is not given does not narrow it; at least one has to be.</summary>
/// <param name="Destination">As workers named it, see <see cref="DestinationStore"/>.</param>
public sealed record QueueFilter(OrganizationId? Organization = null, string? Domain = null, string? Destination = null, MessageId? Message = null)
{
    public bool IsEmpty => this == new QueueFilter();
}

/// <summary>What waits for one destination.</summary>
/// <param name="Ready">Could start now.</param>
/// <param name="Waiting">Wait for their next attempt.</param>
/// <param name="Sending">In the hands of a worker.</param>
public sealed record DestinationQueue(
    string Destination, string? Provider, long Items, long Ready, long Waiting, long Sending, TimeSpan Oldest, DateTimeOffset? NextAttempt);

/// <summary>One queue item, as people look at it.</summary>
/// <param name="State"><c>ready</c>, <c>waiting</c> or <c>sending</c>.</param>
/// <param name="Reason">Why it waits: what holds it, what a worker noted, or what the server said last.</param>
public sealed record QueueItemDetails(
    QueueItemId Id, OrganizationId Organization, MessageId Message, string Domain, int Priority, string State, int Attempts, int Faults,
    DateTimeOffset EnqueuedAt, DateTimeOffset DueAt, DateTimeOffset GiveUpAt, string? LeasedBy, string? Reason)
{
    /// <summary>Where its domain was last found to lead.</summary>
    public string? Destination { get; init; }

    /// <summary>How long the reason lasts; null when nobody knows.</summary>
    public DateTimeOffset? Until { get; init; }
}
