using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Protocol.Webhooks;

namespace Mail.Core.Webhooks;

/// <summary>A delivery that a worker has claimed, with all it takes to make an attempt.</summary>
public sealed record WebhookJob
{
    public required WebhookLease Lease { get; init; }
    public required OrganizationId Organization { get; init; }
    public required WebhookId Webhook { get; init; }
    public required WebhookDialect Dialect { get; init; }
    public required string Url { get; init; }

    /// <summary>The secret, and the one before it while that signs too. Empty when they do not open with this ring of keys.</summary>
    public required IReadOnlyList<WebhookSecret> Secrets { get; init; }

    public required EventDetails Event { get; init; }

    /// <summary>Of the event's message, as JSON.</summary>
    public string? Metadata { get; init; }

    /// <summary>The trace of the request that the event's message came with.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Attempts made since it was queued; a retry on request begins again.</summary>
    public required int AttemptsInRound { get; init; }

    /// <summary>The number of this attempt in the history of the delivery.</summary>
    public required int AttemptNumber { get; init; }

    public WebhookDeliveryId Delivery => Lease.Delivery;
}

/// <param name="Token">Grows with every claim: a result under an older one is not written.</param>
public readonly record struct WebhookLease(WebhookDeliveryId Delivery, long Token);

/// <summary>How an attempt ended.</summary>
public sealed record WebhookResult
{
    public required WebhookJob Job { get; init; }
    public required bool Succeeded { get; init; }

    /// <summary>Null when this was the last attempt.</summary>
    public TimeSpan? RetryIn { get; init; }

    /// <summary>The receiver said that the endpoint is gone for good.</summary>
    public bool IsGone { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required TimeSpan Latency { get; init; }
    public int? ResponseStatus { get; init; }
    public IReadOnlyDictionary<string, string>? ResponseHeaders { get; init; }

    /// <summary>The first octets of the answer.</summary>
    public string? ResponseBody { get; init; }
    public string? Error { get; init; }
    public required string Worker { get; init; }
}
