using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Organizations;

namespace Mail.Core.Webhooks;

/// <summary>What happens to endpoints and their deliveries, as events.</summary>
internal static class WebhookEvents
{
    public static NewEvent Of(WebhookDetails webhook, string type) => Of(webhook.Organization, webhook.Id, type, new WebhookEventData(
        webhook.Url, webhook.EventTypes, webhook.Status.ToText(), webhook.DisabledReason));

    public static NewEvent Of(OrganizationId organization, WebhookId webhook, string type, WebhookEventData data) =>
        New(organization, webhook, type, JsonSerializer.Serialize(data, WebhookStoredJson.Default.WebhookEventData));

    /// <summary>Null while the delivery goes on, and when it told of a delivery itself: such events would never end.</summary>
    public static NewEvent? Of(WebhookResult result)
    {
        if (result.RetryIn is not null || WebhookEventTypes.IsAboutDelivery(result.Job.Event.Type))
            return null;
        var job = result.Job;
        return New(job.Organization, job.Webhook, result.Succeeded ? EventTypes.WebhookDeliverySucceeded : EventTypes.WebhookDeliveryFailed,
            JsonSerializer.Serialize(new DeliveryEventData(
                job.Delivery.ToString(), job.Event.Id.ToString(), job.Event.Type, job.AttemptNumber, result.ResponseStatus, result.Error),
                WebhookStoredJson.Default.DeliveryEventData));
    }

    public static NewEvent Test(OrganizationId organization, WebhookId webhook) =>
        New(organization, webhook, WebhookEventTypes.Test, JsonSerializer.Serialize(
            new TestEventData("Sent on request, to try the endpoint."), WebhookStoredJson.Default.TestEventData));

    private static NewEvent New(OrganizationId organization, WebhookId webhook, string type, string data) =>
        new(organization, type, EventResources.Webhook, webhook.Value, Data: data);

    internal sealed record WebhookEventData(string Url, IReadOnlyList<string> EventTypes, string Status, string? Reason);

    internal sealed record DeliveryEventData(
        string DeliveryId, string EventId, string EventType, int Attempts, int? ResponseStatus, string? Error);

    internal sealed record TestEventData(string Text);
}
