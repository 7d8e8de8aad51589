using Mail.Api.Http.Json;

namespace Mail.Api.Features.Delivery;

/// <summary>The body of <c>POST /internal/delivery/suspend</c> and <c>/resume</c>.</summary>
public sealed record HoldRequest
{
    /// <summary><c>organization</c>, <c>destination</c>, <c>domain</c> or <c>source</c>.</summary>
    public string? Scope { get; init; }

    /// <summary>The organization's id, or the name of destination, recipient domain or source.</summary>
    public string? Name { get; init; }

    /// <summary>Why; whoever asks why mail waits reads it. Needed to suspend.</summary>
    public string? Reason { get; init; }

    /// <summary>For how long; until it is resumed when absent.</summary>
    public Duration? For { get; init; }

    /// <summary>The part of the usual speed that is left, between 0 and 1; nothing is sent when absent.</summary>
    public double? Speed { get; init; }
}

/// <summary>The body of <c>POST /internal/delivery/bounce</c> and <c>/requeue</c>: which waiting items are meant.</summary>
public sealed record QueueFilterRequest
{
    public string? OrganizationId { get; init; }

    /// <summary>The recipients' domain.</summary>
    public string? Domain { get; init; }

    public string? Destination { get; init; }

    public string? MessageId { get; init; }

    /// <summary>Why; recorded as the reply of the last attempt. Needed to bounce.</summary>
    public string? Reason { get; init; }
}

/// <summary>The body of <c>PUT /internal/delivery/routes</c>; organization and domain name the route.</summary>
public sealed record RouteRequest
{
    public string? OrganizationId { get; init; }

    public string? Domain { get; init; }

    /// <summary><c>host:port</c>.</summary>
    public string? Relay { get; init; }

    /// <summary><c>opportunistic</c>, <c>required</c>, <c>verified</c>, <c>implicit</c> or <c>disabled</c>.</summary>
    public string? Tls { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>The sources to leave from.</summary>
    public string? Pool { get; init; }
}

/// <summary>The body of <c>PUT /internal/delivery/sources/{name}</c>.</summary>
public sealed record SourceRequest
{
    public string? Pool { get; init; }

    /// <summary>The local address to connect from; the system chooses when absent.</summary>
    public string? Address { get; init; }

    /// <summary>What it calls itself in EHLO.</summary>
    public string? EhloName { get; init; }

    public int? Weight { get; init; }

    /// <summary>Begins its warm-up on this day of the schedule; a source without is warm.</summary>
    public int? WarmupDay { get; init; }
}
