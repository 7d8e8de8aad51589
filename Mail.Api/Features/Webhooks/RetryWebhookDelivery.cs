using System.Diagnostics;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Core.Queue;
using Mail.Core.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Webhooks;

/// <summary>Sends something again: one delivery, all that failed, or an event made for trying.</summary>
internal static class RetryWebhookDelivery
{
    public static async Task<Results<Accepted<Envelope<WebhookDeliveryResponse>>, Problem>> Mail(
        string id, WebhookDeliveryStore deliveries, QueueSignal signal, HttpContext context, CancellationToken cancellationToken)
    {
        var (delivery, problem) = Read(await RetryAsync(id, deliveries, context, cancellationToken), signal);
        return delivery is null ? problem! : Accepted("Delivery queued", delivery);
    }

    public static async Task<Results<Accepted<WebhookDeliveryResponse>, Problem>> Account(
        string id, WebhookDeliveryStore deliveries, QueueSignal signal, HttpContext context, CancellationToken cancellationToken)
    {
        var (delivery, problem) = Read(await RetryAsync(id, deliveries, context, cancellationToken), signal);
        return delivery is null ? problem! : TypedResults.Accepted((string?)null, delivery);
    }

    public static async Task<Results<Accepted<Envelope<WebhookDeliveryResponse>>, Problem>> Test(
        string id, WebhookStore webhooks, WebhookDeliveryStore deliveries, QueueSignal signal, HttpContext context, CancellationToken cancellationToken)
    {
        if (await ReadWebhooks.FindAsync(id, webhooks, context, cancellationToken) is not { } webhook)
            return Problem.NotFound("webhook");
        var (delivery, problem) = Read(await deliveries.TestAsync(webhook.Organization, webhook.Id, cancellationToken), signal);
        return delivery is null ? problem! : Accepted("Test event queued", delivery);
    }

    public static async Task<Results<Accepted<Envelope<ReplayResponse>>, Problem>> Replay(
        string id, Body<ReplayWebhookRequest> body, WebhookStore webhooks, WebhookDeliveryStore deliveries, QueueSignal signal, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (await ReadWebhooks.FindAsync(id, webhooks, context, cancellationToken) is not { } webhook)
            return Problem.NotFound("webhook");
        if (await deliveries.ReplayAsync(webhook.Organization, webhook.Id, body.Value.Since!.Value, cancellationToken) is not { } replayed)
            return NotActive();
        signal.Notify();
        return Envelope.Accepted(
            $"/v1/mail/webhooks/{webhook.Id}/deliveries", "Deliveries queued", new ReplayResponse(replayed, replayed == WebhookDeliveryStore.MaxReplayed));
    }

    private static Task<RetryWebhookOutcome> RetryAsync(
        string id, WebhookDeliveryStore deliveries, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<WebhookDeliveryId>(id, out var delivery)
            ? deliveries.RetryAsync(context.Caller().Organization, delivery, cancellationToken)
            : Task.FromResult<RetryWebhookOutcome>(new RetryWebhookOutcome.NotFound());

    private static (WebhookDeliveryResponse? Delivery, Problem? Problem) Read(RetryWebhookOutcome outcome, QueueSignal signal)
    {
        switch (outcome)
        {
            case RetryWebhookOutcome.Queued queued:
                signal.Notify();
                return (WebhookDeliveryResponse.Of(queued.Delivery), null);
            case RetryWebhookOutcome.NotFound:
                return (null, Problem.NotFound("webhook delivery"));
            case RetryWebhookOutcome.NotActive:
                return (null, NotActive());
            case RetryWebhookOutcome.EventGone:
                return (null, new Problem(ProblemKind.Conflict, "The event of this delivery is older than events are kept."));
            default:
                throw new UnreachableException();
        }
    }

    private static Accepted<Envelope<WebhookDeliveryResponse>> Accepted(string message, WebhookDeliveryResponse delivery) =>
        Envelope.Accepted($"/v1/mail/webhook-deliveries/{delivery.Id}", message, delivery);

    private static Problem NotActive() => new(ProblemKind.Conflict, "The webhook is disabled or deleted. Activate it first.");
}
