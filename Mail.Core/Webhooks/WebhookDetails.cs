using Mail.Core.Events;
using Mail.Core.Organizations;

namespace Mail.Core.Webhooks;

/// <summary>An endpoint as its owner sees it.</summary>
public sealed record WebhookDetails
{
    public required OrganizationId Organization { get; init; }
    public required WebhookId Id { get; init; }
    public required WebhookDialect Dialect { get; init; }
    public required string Url { get; init; }
    public string? Description { get; init; }
    public required IReadOnlyList<string> EventTypes { get; init; }
    public required WebhookStatus Status { get; init; }
    public string? DisabledReason { get; init; }

    /// <summary>The last characters of the secret.</summary>
    public required string SecretHint { get; init; }
    public required int FailureCount { get; init; }
    public DateTimeOffset? LastSuccessAt { get; init; }
    public DateTimeOffset? LastFailureAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>One event on its way to one endpoint.</summary>
public sealed record WebhookDeliveryDetails
{
    public required WebhookDeliveryId Id { get; init; }
    public required WebhookId Webhook { get; init; }
    public required EventId Event { get; init; }
    public required string EventType { get; init; }
    public required WebhookDeliveryStatus Status { get; init; }
    public required int Attempts { get; init; }
    public int? ResponseStatus { get; init; }
    public string? Error { get; init; }
    public DateTimeOffset? NextAttemptAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SettledAt { get; init; }
}

public sealed record WebhookAttemptDetails
{
    public required WebhookAttemptId Id { get; init; }
    public required int Number { get; init; }
    public required bool Succeeded { get; init; }
    public required string Url { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required int LatencyMs { get; init; }
    public int? ResponseStatus { get; init; }
    public IReadOnlyDictionary<string, string>? ResponseHeaders { get; init; }
    public string? ResponseBody { get; init; }
    public string? Error { get; init; }
    public DateTimeOffset? NextAttemptAt { get; init; }
}
