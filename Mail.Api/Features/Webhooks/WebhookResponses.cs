using System.Text.Json.Serialization;
using Mail.Core.Webhooks;
using Mail.Protocol.Webhooks;

namespace Mail.Api.Features.Webhooks;

/// <summary>An endpoint on the Mail surface.</summary>
/// <param name="EventTypes">In the names of the surface that made it.</param>
/// <param name="Dialect">Whose payloads it gets: <c>mail</c> or <c>account</c>.</param>
/// <param name="DisabledReason"><c>requested</c>, <c>gone</c> or <c>failing</c>.</param>
/// <param name="FailureCount">Attempts that failed since the last that did not.</param>
/// <param name="Secret">Told when it is made and when it is rotated, never again.</param>
public sealed record WebhookResponse(
    string Id, string Url, string? Description, string Status, IReadOnlyList<string> EventTypes, string Dialect, string? DisabledReason,
    int FailureCount, DateTimeOffset? LastSuccessAt, DateTimeOffset? LastFailureAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret)
{
    internal static WebhookResponse Of(WebhookDetails webhook) => Of(webhook, null);

    internal static WebhookResponse Of(WebhookDetails webhook, WebhookSecret? secret) => new(
        webhook.Id.ToString(), webhook.Url, webhook.Description, webhook.Status.ToText(), webhook.EventTypes, webhook.Dialect.ToText(),
        webhook.DisabledReason, webhook.FailureCount, webhook.LastSuccessAt, webhook.LastFailureAt, webhook.CreatedAt, webhook.UpdatedAt,
        secret?.Reveal());
}

/// <summary>An endpoint on the Account surface.</summary>
/// <param name="EventTypes">As one string: <c>Delivered,Bounce</c>.</param>
/// <param name="Events">The same as names.</param>
public sealed record AccountWebhookResponse(
    string Id, string Url, string? Description, string EventTypes, IReadOnlyList<string> Events, bool Enabled, string SecretHint,
    DateTimeOffset CreatedAt)
{
    internal static AccountWebhookResponse Of(WebhookDetails webhook) => new(
        webhook.Id.ToString(), webhook.Url, webhook.Description, string.Join(',', webhook.EventTypes.Select(WebhookEventTypes.WordOf)),
        webhook.EventTypes, webhook.Status == WebhookStatus.Active, "••••" + webhook.SecretHint, webhook.CreatedAt);
}

/// <param name="SigningSecret">Shown in this answer and never again.</param>
public sealed record AccountWebhookSecretResponse(AccountWebhookResponse Webhook, string SigningSecret);

/// <summary>One event on its way to one endpoint.</summary>
/// <param name="Status"><c>pending</c>, <c>succeeded</c> or <c>failed</c>.</param>
/// <param name="ResponseStatus">What the receiver answered last.</param>
/// <param name="Error">Why the last attempt failed.</param>
/// <param name="Attempts">Only where one delivery is asked for; oldest first.</param>
public sealed record WebhookDeliveryResponse(
    string Id, string WebhookId, string EventId, string EventType, string Status, int AttemptCount, int? ResponseStatus, string? Error,
    DateTimeOffset? NextAttemptAt, DateTimeOffset CreatedAt, DateTimeOffset? SettledAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<WebhookAttemptResponse>? Attempts)
{
    internal static WebhookDeliveryResponse Of(WebhookDeliveryDetails delivery) => Of(delivery, null);

    internal static WebhookDeliveryResponse Of(WebhookDeliveryDetails delivery, IReadOnlyList<WebhookAttemptDetails>? attempts) => new(
        delivery.Id.ToString(), delivery.Webhook.ToString(), delivery.Event.ToString(), delivery.EventType, delivery.Status.ToText(),
        delivery.Attempts, delivery.ResponseStatus, delivery.Error, delivery.NextAttemptAt, delivery.CreatedAt, delivery.SettledAt,
        attempts is null ? null : [.. attempts.Select(WebhookAttemptResponse.Of)]);
}

/// <param name="Outcome"><c>succeeded</c> or <c>failed</c>.</param>
/// <param name="ResponseBody">The beginning of the answer, at most 4 KB.</param>
public sealed record WebhookAttemptResponse(
    string Id, int Number, string Outcome, string Url, DateTimeOffset StartedAt, int LatencyMs, int? ResponseStatus,
    IReadOnlyDictionary<string, string>? ResponseHeaders, string? ResponseBody, string? Error, DateTimeOffset? NextAttemptAt)
{
    internal static WebhookAttemptResponse Of(WebhookAttemptDetails attempt) => new(
        attempt.Id.ToString(), attempt.Number, attempt.Succeeded ? "succeeded" : "failed", attempt.Url, attempt.StartedAt, attempt.LatencyMs,
        attempt.ResponseStatus, attempt.ResponseHeaders, attempt.ResponseBody, attempt.Error, attempt.NextAttemptAt);
}

/// <param name="Replayed">How many deliveries are on their way again.</param>
/// <param name="HasMore">True when there were more than are replayed at once: ask again.</param>
public sealed record ReplayResponse(int Replayed, bool HasMore);
