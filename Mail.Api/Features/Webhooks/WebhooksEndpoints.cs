using System.Text.Json.Serialization;
using FluentValidation;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;

namespace Mail.Api.Features.Webhooks;

internal static class WebhooksEndpoints
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddBodies(WebhooksJson.Default)
        .AddSingleton<IValidator<CreateWebhookRequest>, CreateWebhookValidator>()
        .AddSingleton<IValidator<UpdateWebhookRequest>, UpdateWebhookValidator>()
        .AddSingleton<IValidator<AccountWebhookRequest>, AccountWebhookValidator>()
        .AddSingleton<IValidator<ReplayWebhookRequest>, ReplayWebhookValidator>();

    public static void MapWebhooks(this RouteGroupBuilder mail)
    {
        var webhooks = mail.MapGroup("/webhooks");
        webhooks.MapPost("", CreateWebhook.Mail).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapGet("", ReadWebhooks.ListMail).RequireScope(Scopes.WebhooksRead);
        webhooks.MapGet("/{id}", ReadWebhooks.GetMail).RequireScope(Scopes.WebhooksRead);
        webhooks.MapPatch("/{id}", ChangeWebhook.Mail).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapDelete("/{id}", ChangeWebhook.Delete).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapPost("/{id}/rotate-secret", ChangeWebhook.RotateMail).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapPost("/{id}/test", RetryWebhookDelivery.Test).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapPost("/{id}/replay", RetryWebhookDelivery.Replay).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapGet("/{id}/deliveries", ReadWebhookDeliveries.ListMail).RequireScope(Scopes.WebhooksRead);
        mail.MapGet("/webhook-deliveries/{id}", ReadWebhookDeliveries.Get).RequireScope(Scopes.WebhooksRead);
        mail.MapPost("/webhook-deliveries/{id}/retry", RetryWebhookDelivery.Mail).RequireScope(Scopes.WebhooksWrite);
    }

    public static void MapAccountWebhooks(this RouteGroupBuilder account)
    {
        var webhooks = account.MapGroup("/webhooks");
        webhooks.MapPost("", CreateWebhook.Account).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapGet("", ReadWebhooks.ListAccount).RequireScope(Scopes.WebhooksRead);
        webhooks.MapGet("/{id}", ReadWebhooks.GetAccount).RequireScope(Scopes.WebhooksRead);
        webhooks.MapPut("/{id}", ChangeWebhook.Account).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapDelete("/{id}", ChangeWebhook.Delete).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapPost("/{id}/rotate-secret", ChangeWebhook.RotateAccount).RequireScope(Scopes.WebhooksWrite);
        webhooks.MapGet("/{id}/deliveries", ReadWebhookDeliveries.ListAccount).RequireScope(Scopes.WebhooksRead);
        webhooks.MapPost("/deliveries/{id}/replay", RetryWebhookDelivery.Account).RequireScope(Scopes.WebhooksWrite);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(CreateWebhookRequest))]
[JsonSerializable(typeof(UpdateWebhookRequest))]
[JsonSerializable(typeof(AccountWebhookRequest))]
[JsonSerializable(typeof(ReplayWebhookRequest))]
[JsonSerializable(typeof(Envelope<WebhookResponse>))]
[JsonSerializable(typeof(ListEnvelope<WebhookResponse>))]
[JsonSerializable(typeof(AccountWebhookResponse))]
[JsonSerializable(typeof(IReadOnlyList<AccountWebhookResponse>))]
[JsonSerializable(typeof(AccountWebhookSecretResponse))]
[JsonSerializable(typeof(Envelope<WebhookDeliveryResponse>))]
[JsonSerializable(typeof(ListEnvelope<WebhookDeliveryResponse>))]
[JsonSerializable(typeof(WebhookDeliveryResponse))]
[JsonSerializable(typeof(IReadOnlyList<WebhookDeliveryResponse>))]
[JsonSerializable(typeof(Envelope<ReplayResponse>))]
internal sealed partial class WebhooksJson : JsonSerializerContext;
