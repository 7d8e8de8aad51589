using Mail.Api.Http;
using Mail.Core.Ids;
using Mail.Core.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Webhooks;

internal static class ReadWebhooks
{
    public static async Task<Results<Ok<ListEnvelope<WebhookResponse>>, Problem>> ListMail(
        string? cursor, string? limit, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var page = query.Page<WebhookId>(cursor, limit);
        if (query.Problem is { } problem)
            return problem;
        var rows = await webhooks.ListAsync(context.Caller().Organization, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(rows, page, WebhookResponse.Of, webhook => webhook.Id);
    }

    public static async Task<Results<Ok<IReadOnlyList<AccountWebhookResponse>>, Problem>> ListAccount(
        string? cursor, string? limit, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var page = query.Page<WebhookId>(cursor, limit, defaultLimit: QueryFields.MaxLimit);
        if (query.Problem is { } problem)
            return problem;
        var rows = await webhooks.ListAsync(context.Caller().Organization, page.After, page.Fetch, cancellationToken);
        return Pages.Account(context, rows, page, AccountWebhookResponse.Of, webhook => webhook.Id);
    }

    public static async Task<Results<Ok<Envelope<WebhookResponse>>, Problem>> GetMail(
        string id, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, webhooks, context, cancellationToken) is { } webhook
            ? Envelope.Ok(WebhookResponse.Of(webhook))
            : Problem.NotFound("webhook");

    public static async Task<Results<Ok<AccountWebhookResponse>, Problem>> GetAccount(
        string id, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, webhooks, context, cancellationToken) is { } webhook
            ? TypedResults.Ok(AccountWebhookResponse.Of(webhook))
            : Problem.NotFound("webhook");

    internal static Task<WebhookDetails?> FindAsync(string id, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<WebhookId>(id, out var webhook)
            ? webhooks.FindAsync(context.Caller().Organization, webhook, cancellationToken)
            : Task.FromResult<WebhookDetails?>(null);
}
