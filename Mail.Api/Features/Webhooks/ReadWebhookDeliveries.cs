using Mail.Api.Http;
using Mail.Core.Ids;
using Mail.Core.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Webhooks;

internal static class ReadWebhookDeliveries
{
    private static readonly string[] _statuses = [.. Enum.GetValues<WebhookDeliveryStatus>().Select(status => status.ToText())];

    public static async Task<Results<Ok<ListEnvelope<WebhookDeliveryResponse>>, Problem>> ListMail(
        string id, string? status, string? cursor, string? limit, WebhookStore webhooks, WebhookDeliveryStore deliveries, HttpContext context,
        CancellationToken cancellationToken)
    {
        var (rows, page, problem) = await ListAsync(id, status, cursor, limit, webhooks, deliveries, context, cancellationToken);
        return rows is null ? problem! : Pages.Mail(rows, page!, WebhookDeliveryResponse.Of, delivery => delivery.Id);
    }

    public static async Task<Results<Ok<IReadOnlyList<WebhookDeliveryResponse>>, Problem>> ListAccount(
        string id, string? status, string? cursor, string? limit, WebhookStore webhooks, WebhookDeliveryStore deliveries, HttpContext context,
        CancellationToken cancellationToken)
    {
        var (rows, page, problem) = await ListAsync(id, status, cursor, limit, webhooks, deliveries, context, cancellationToken);
        return rows is null ? problem! : Pages.Account(context, rows, page!, WebhookDeliveryResponse.Of, delivery => delivery.Id);
    }

    public static async Task<Results<Ok<Envelope<WebhookDeliveryResponse>>, Problem>> Get(
        string id, WebhookDeliveryStore deliveries, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (!PrefixedId.TryParse<WebhookDeliveryId>(id, out var delivery)
            || await deliveries.FindAsync(organization, delivery, cancellationToken) is not { } found)
            return Problem.NotFound("webhook delivery");
        return Envelope.Ok(WebhookDeliveryResponse.Of(found, await deliveries.AttemptsAsync(organization, delivery, cancellationToken)));
    }

    private static async Task<(List<WebhookDeliveryDetails>? Rows, PageRequest<WebhookDeliveryId>? Page, Problem? Problem)> ListAsync(
        string id, string? status, string? cursor, string? limit, WebhookStore webhooks, WebhookDeliveryStore deliveries, HttpContext context,
        CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var page = query.Page<WebhookDeliveryId>(cursor, limit);
        query.OneOf("status", status, _statuses);
        if (query.Problem is { } problem)
            return (null, null, problem);
        if (await ReadWebhooks.FindAsync(id, webhooks, context, cancellationToken) is not { } webhook)
            return (null, null, Problem.NotFound("webhook"));
        WebhookDeliveryStatus? only = WebhookStatusText.TryParse(status, out WebhookDeliveryStatus read) ? read : null;
        return (await deliveries.ListAsync(webhook.Organization, webhook.Id, only, page.After, page.Fetch, cancellationToken), page, null);
    }
}
