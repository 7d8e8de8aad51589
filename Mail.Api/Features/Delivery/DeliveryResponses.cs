using Mail.Core.Queue;

namespace Mail.Api.Features.Delivery;

/// <param name="Destinations">What waits, by destination, the largest first.</param>
/// <param name="Holds">What is suspended, and why.</param>
public sealed record DeliveryQueueResponse(
    IReadOnlyList<DestinationQueueResponse> Destinations, IReadOnlyList<HoldResponse> Holds, IReadOnlyList<DestinationStateResponse> Workers);

/// <param name="Reason">Why it is not sent faster, or at all; null when it only waits for its turn.</param>
public sealed record DestinationQueueResponse(
    string Destination, string? Provider, long Items, long Ready, long Waiting, long Sending, long OldestSeconds,
    DateTimeOffset? NextAttemptAt, string? Reason, DateTimeOffset? Until)
{
    public static DestinationQueueResponse Of(
        DestinationQueue queue, IReadOnlyList<DeliveryHold> holds, ILookup<string, DestinationState> states)
    {
        var hold = holds.FirstOrDefault(hold => hold.Scope == HoldScope.Destination && hold.Name == queue.Destination);
        var state = states[queue.Destination].FirstOrDefault(state => state.Reason is not null);
        return new DestinationQueueResponse(
            queue.Destination, queue.Provider, queue.Items, queue.Ready, queue.Waiting, queue.Sending, (long)queue.Oldest.TotalSeconds,
            queue.NextAttempt, hold?.Reason ?? state?.Reason, hold is null ? state?.Until : hold.Until);
    }
}

/// <param name="Speed">The part of the usual speed that is left; 0 when nothing is sent.</param>
public sealed record HoldResponse(
    string Scope, string Name, bool Automatic, string Reason, double Speed, DateTimeOffset? Until, DateTimeOffset? CreatedAt)
{
    public static HoldResponse Of(DeliveryHold hold) =>
        new(hold.Scope.ToText(), hold.Name, hold.IsAutomatic, hold.Reason, Math.Round(hold.Factor ?? 0, 3), hold.Until, hold.CreatedAt);
}

/// <param name="Speed">The part of the usual speed that is left; 0 when nothing is sent.</param>
public sealed record DestinationStateResponse(
    string Worker, string Destination, string Provider, int InProgress, int Waiting, double Speed, string? Reason, DateTimeOffset? Until)
{
    public static DestinationStateResponse Of(string worker, DestinationState state) => new(
        worker, state.Destination, state.Provider, state.InProgress, state.Waiting, Math.Round(state.Speed, 3), state.Reason, state.Until);
}

/// <param name="Items">How many it was done to.</param>
public sealed record QueueChangeResponse(int Items);

/// <param name="Holds">What keeps it from being sent.</param>
/// <param name="EstimatedFirstAttempt">Null: not before somebody resumes it, or never.</param>
public sealed record RecipientExplanationResponse(
    string Recipient, string Domain, string Route, string? Problem, IReadOnlyList<RouteHostResponse> Hosts, string? Relay, string Tls,
    string Pool, string? Destination, string? Provider, IReadOnlyList<HoldResponse> Holds, IReadOnlyList<DestinationStateResponse> Workers,
    DateTimeOffset? EstimatedFirstAttempt)
{
    public static RecipientExplanationResponse Of(string recipient, RecipientExplanation explained) => new(
        recipient, explained.Domain, explained.Route, explained.Problem, [.. explained.Hosts.Select(RouteHostResponse.Of)], explained.Relay,
        explained.Tls, explained.Pool, explained.Destination?.Destination, explained.Destination?.Provider,
        [.. explained.Holds.Select(HoldResponse.Of)], [.. explained.States.Select(state => DestinationStateResponse.Of("", state))],
        explained.EstimatedFirstAttempt);
}

/// <param name="Tls">What TLS is asked for with this server, and by whom.</param>
/// <param name="Refusal">Why nothing may be sent to it.</param>
public sealed record RouteHostResponse(string Name, int Preference, IReadOnlyList<string> Addresses, string Tls, string? Refusal)
{
    public static RouteHostResponse Of(ExplainedHost explained) => new(
        explained.Host.Name, explained.Host.Preference, [.. explained.Host.Addresses.Select(address => address.ToString())], explained.Tls,
        explained.Refusal);
}

/// <summary>A message as the operator traces it: what still waits, and every attempt.</summary>
public sealed record MessageTraceResponse(
    string Id, string OrganizationId, IReadOnlyList<QueueItemResponse> Queue, IReadOnlyList<Messages.AttemptResponse> Attempts);

/// <param name="State"><c>ready</c>, <c>waiting</c> or <c>sending</c>.</param>
/// <param name="Reason">Why it waits, until <paramref name="Until"/> as far as that is known.</param>
/// <param name="Faults">Leases in a row that expired: workers that were lost with it.</param>
public sealed record QueueItemResponse(
    string Id, string Domain, int Priority, string State, int Attempts, int Faults, DateTimeOffset EnqueuedAt, DateTimeOffset DueAt,
    DateTimeOffset GiveUpAt, string? Worker, string? Reason, DateTimeOffset? Until)
{
    public static QueueItemResponse Of(QueueItemDetails item) => new(
        item.Id.ToString(), item.Domain, item.Priority, item.State, item.Attempts, item.Faults, item.EnqueuedAt, item.DueAt, item.GiveUpAt,
        item.LeasedBy, item.Reason, item.Until);
}

/// <param name="HasPassword">The password itself is never shown.</param>
public sealed record RouteResponse(
    string? OrganizationId, string? Domain, string? Relay, string? Tls, string? User, bool HasPassword, string? Pool)
{
    public static RouteResponse Of(RouteOverride route) => new(
        route.Organization?.ToString(), route.Domain, route.Relay, route.RelayTls, route.RelayUser, route.RelayPassword is not null, route.Pool);
}

public sealed record SourceResponse(string Name, string Pool, string? Address, string EhloName, int Weight, int? WarmupDay)
{
    public static SourceResponse Of(DeliverySource source) =>
        new(source.Name, source.Pool, source.Address?.ToString(), source.EhloName, source.Weight, source.WarmupDay);
}
