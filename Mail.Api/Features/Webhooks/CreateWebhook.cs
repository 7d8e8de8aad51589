using System.Diagnostics;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Webhooks;

internal static class CreateWebhook
{
    public static async Task<Results<Created<Envelope<WebhookResponse>>, Problem>> Mail(
        Body<CreateWebhookRequest> body, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var (created, problem) = await RunAsync(
            new NewWebhook(WebhookDialect.Mail, request.Url!, request.Description, WebhookRules.Keep(WebhookDialect.Mail, request.EventTypes!)),
            webhooks, context, cancellationToken);
        if (created is null)
            return problem!;
        return Envelope.Created($"/v1/mail/webhooks/{created.Webhook.Id}", "Webhook created", WebhookResponse.Of(created.Webhook, created.Secret));
    }

    public static async Task<Results<Created<AccountWebhookSecretResponse>, Problem>> Account(
        Body<AccountWebhookRequest> body, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken)
    {
        if (AccountTypes.Check(body.Value, WebhookDialect.Account) is { } wrong)
            return wrong;
        var request = body.Value;
        var (created, problem) = await RunAsync(
            new NewWebhook(
                WebhookDialect.Account, request.Url!, request.Description, AccountTypes.Of(request, WebhookDialect.Account),
                request.Enabled == false ? WebhookStatus.Disabled : WebhookStatus.Active),
            webhooks, context, cancellationToken);
        if (created is null)
            return problem!;
        return TypedResults.Created(
            $"/v1/webhooks/{created.Webhook.Id}", new AccountWebhookSecretResponse(AccountWebhookResponse.Of(created.Webhook), created.Secret.Reveal()));
    }

    private static async Task<(CreateWebhookOutcome.Created? Created, Problem? Problem)> RunAsync(
        NewWebhook webhook, WebhookStore webhooks, HttpContext context, CancellationToken cancellationToken)
    {
        switch (await webhooks.CreateAsync(context.Caller().Organization, webhook, cancellationToken))
        {
            case CreateWebhookOutcome.Created created:
                // The one answer that has the secret must not stay anywhere on its way.
                context.Response.Headers.CacheControl = "no-store";
                return (created, null);
            case CreateWebhookOutcome.TooMany many:
                return (null, new Problem(ProblemKind.Conflict, $"There are {many.Limit} webhooks already, which is the most an organization may have."));
            default:
                throw new UnreachableException();
        }
    }
}

/// <summary>The types of a request of the Account surface, in whichever of its forms.</summary>
internal static class AccountTypes
{
    /// <summary>What is wrong with them for an endpoint of the dialect.</summary>
    public static Problem? Check(AccountWebhookRequest request, WebhookDialect dialect) =>
        DialectTypes.Check(request.Events is null ? "/eventTypes" : "/events", NamesOf(request), dialect);

    public static IReadOnlyList<string> Of(AccountWebhookRequest request, WebhookDialect dialect) => WebhookRules.Keep(dialect, NamesOf(request));

    private static IReadOnlyList<string?> NamesOf(AccountWebhookRequest request) => request.Events ?? request.EventTypes!.Names;
}

/// <summary>An endpoint keeps the dialect it was made with, and takes the types of that only.</summary>
internal static class DialectTypes
{
    public static Problem? Check(string path, IReadOnlyList<string?> names, WebhookDialect dialect)
    {
        var errors = new List<FieldError>();
        WebhookRules.CheckTypes(path, names, dialect, failure => errors.Add(new FieldError(failure.PropertyName, failure.ErrorCode, failure.ErrorMessage)));
        return errors.Count == 0 ? null : Problem.Validation(errors);
    }
}
