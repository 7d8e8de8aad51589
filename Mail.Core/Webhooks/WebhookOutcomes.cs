using Mail.Protocol.Webhooks;

namespace Mail.Core.Webhooks;

/// <summary>An endpoint to be made, checked already.</summary>
/// <param name="EventTypes">Names that <see cref="WebhookEventTypes.Find"/> has found.</param>
public sealed record NewWebhook(
    WebhookDialect Dialect, string Url, string? Description, IReadOnlyList<string> EventTypes, WebhookStatus Status = WebhookStatus.Active);

/// <summary>What to change of an endpoint; null leaves a field as it is.</summary>
/// <param name="Description">Empty clears it.</param>
public sealed record WebhookChange(
    string? Url = null, string? Description = null, IReadOnlyList<string>? EventTypes = null, WebhookStatus? Status = null);

public abstract record CreateWebhookOutcome
{
    private CreateWebhookOutcome()
    {
    }

    public sealed record Created(WebhookDetails Webhook, WebhookSecret Secret) : CreateWebhookOutcome;

    /// <summary>The organization has as many as it may have.</summary>
    public sealed record TooMany(int Limit) : CreateWebhookOutcome;
}

/// <summary>What came of asking for a delivery again, or for a test.</summary>
public abstract record RetryWebhookOutcome
{
    private RetryWebhookOutcome()
    {
    }

    public sealed record Queued(WebhookDeliveryDetails Delivery) : RetryWebhookOutcome;

    public sealed record NotFound : RetryWebhookOutcome;

    /// <summary>The endpoint is deleted or disabled.</summary>
    public sealed record NotActive : RetryWebhookOutcome;

    /// <summary>The event is older than events are kept.</summary>
    public sealed record EventGone : RetryWebhookOutcome;
}
