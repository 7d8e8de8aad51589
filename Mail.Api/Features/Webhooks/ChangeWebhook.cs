using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Core.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Webhooks;

/// <summary>Changes endpoints, gives them new secrets, deletes them.</summary>
internal static class ChangeWebhook
{
    public static async Task<Results<Ok<Envelope<WebhookResponse>>, Problem>> Mail(
        string id, Body<UpdateWebhookRequest> body, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken)
    {
        if (await ReadWebhooks.FindAsync(id, webhooks, context, cancellationToken) is not { } current)
            return Problem.NotFound("webhook");
        var request = body.Value;
        if (request.EventTypes is { } names && DialectTypes.Check("/eventTypes", names, current.Dialect) is { } wrong)
            return wrong;
        var change = new WebhookChange(
            request.Url, request.Description, request.EventTypes is { } types ? WebhookRules.Keep(current.Dialect, types) : null,
            WebhookStatusText.TryParse(request.Status, out WebhookStatus status) ? status : null);
        return await webhooks.UpdateAsync(context.Caller().Organization, current, change, cancellationToken) is { } updated
            ? Envelope.Ok(WebhookResponse.Of(updated))
            : Problem.NotFound("webhook");
    }

    public static async Task<Results<Ok<AccountWebhookResponse>, Problem>> Account(
        string id, Body<AccountWebhookRequest> body, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken)
    {
        if (await ReadWebhooks.FindAsync(id, webhooks, context, cancellationToken) is not { } current)
            return Problem.NotFound("webhook");
        var request = body.Value;
        if (AccountTypes.Check(request, current.Dialect) is { } wrong)
            return wrong;
        var change = new WebhookChange(
            request.Url, request.Description, AccountTypes.Of(request, current.Dialect),
            request.Enabled == false ? WebhookStatus.Disabled : WebhookStatus.Active);
        return await webhooks.UpdateAsync(context.Caller().Organization, current, change, cancellationToken) is { } updated
            ? TypedResults.Ok(AccountWebhookResponse.Of(updated))
            : Problem.NotFound("webhook");
    }

    public static async Task<Results<NoContent, Problem>> Delete(
        string id, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<WebhookId>(id, out var webhook)
        && await webhooks.DeleteAsync(context.Caller().Organization, webhook, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.NotFound("webhook");

    public static async Task<Results<Ok<Envelope<WebhookResponse>>, Problem>> RotateMail(
        string id, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken) =>
        await RotateAsync(id, webhooks, context, cancellationToken) is var (webhook, secret)
            ? Envelope.Ok(WebhookResponse.Of(webhook, secret))
            : Problem.NotFound("webhook");

    public static async Task<Results<Ok<AccountWebhookSecretResponse>, Problem>> RotateAccount(
        string id, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken) =>
        await RotateAsync(id, webhooks, context, cancellationToken) is var (webhook, secret)
            ? TypedResults.Ok(new AccountWebhookSecretResponse(AccountWebhookResponse.Of(webhook), secret.Reveal()))
            : Problem.NotFound("webhook");

    private static async Task<(WebhookDetails, Protocol.Webhooks.WebhookSecret)?> RotateAsync(
        string id, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken)
    {
        if (!PrefixedId.TryParse<WebhookId>(id, out var webhook))
            return null;
        context.Response.Headers.CacheControl = "no-store";
        return await webhooks.RotateSecretAsync(context.Caller().Organization, webhook, cancellationToken);
    }
}
