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
        webhooks.MapPost("", CreateWebhook.Mail).RequireScope(Scopes.WebhooksWrite)
            .Describe("mail.webhooks.create", "Adds an endpoint that is told of events; the answer shows its signing secret once.", ProblemKind.Conflict);
        webhooks.MapGet("", ReadWebhooks.ListMail).RequireScope(Scopes.WebhooksRead)
            .Describe("mail.webhooks.list", "Lists webhook endpoints.");
        webhooks.MapGet("/{id}", ReadWebhooks.GetMail).RequireScope(Scopes.WebhooksRead)
            .Describe("mail.webhooks.get", "Reads a webhook endpoint.");
        webhooks.MapPatch("/{id}", ChangeWebhook.Mail).RequireScope(Scopes.WebhooksWrite)
            .Describe("mail.webhooks.update", "Changes a webhook endpoint.", ProblemKind.Conflict);
        webhooks.MapDelete("/{id}", ChangeWebhook.Delete).RequireScope(Scopes.WebhooksWrite)
            .Describe("mail.webhooks.delete", "Deletes a webhook endpoint.");
        webhooks.MapPost("/{id}/rotate-secret", ChangeWebhook.RotateMail).RequireScope(Scopes.WebhooksWrite)
            .Describe("mail.webhooks.rotateSecret", "Makes a new signing secret; the old one signs along for a day.");
        webhooks.MapPost("/{id}/test", RetryWebhookDelivery.Test).RequireScope(Scopes.WebhooksWrite)
            .Describe("mail.webhooks.test", "Sends a test event to the endpoint.");
        webhooks.MapPost("/{id}/replay", RetryWebhookDelivery.Replay).RequireScope(Scopes.WebhooksWrite)
            .Describe("mail.webhooks.replay", "Delivers again what failed since a moment.");
        webhooks.MapGet("/{id}/deliveries", ReadWebhookDeliveries.ListMail).RequireScope(Scopes.WebhooksRead)
            .Describe("mail.webhooks.deliveries.list", "Lists deliveries to an endpoint.");
        mail.MapGet("/webhook-deliveries/{id}", ReadWebhookDeliveries.Get).RequireScope(Scopes.WebhooksRead)
            .Describe("mail.webhooks.deliveries.get", "Reads a delivery with its attempts.");
        mail.MapPost("/webhook-deliveries/{id}/retry", RetryWebhookDelivery.Mail).RequireScope(Scopes.WebhooksWrite)
            .Describe("mail.webhooks.deliveries.retry", "Delivers once more.", ProblemKind.Conflict);
    }

    public static void MapAccountWebhooks(this RouteGroupBuilder account)
    {
        var webhooks = account.MapGroup("/webhooks");
        webhooks.MapPost("", CreateWebhook.Account).RequireScope(Scopes.WebhooksWrite)
            .Describe("webhooks.create", "Adds an endpoint that is told of events; the answer shows its signing secret once.", ProblemKind.Conflict);
        webhooks.MapGet("", ReadWebhooks.ListAccount).RequireScope(Scopes.WebhooksRead)
            .Describe("webhooks.list", "Lists webhook endpoints.");
        webhooks.MapGet("/{id}", ReadWebhooks.GetAccount).RequireScope(Scopes.WebhooksRead)
            .Describe("webhooks.get", "Reads a webhook endpoint.");
        webhooks.MapPut("/{id}", ChangeWebhook.Account).RequireScope(Scopes.WebhooksWrite)
            .Describe("webhooks.update", "Replaces the settings of a webhook endpoint.", ProblemKind.Conflict);
        webhooks.MapDelete("/{id}", ChangeWebhook.Delete).RequireScope(Scopes.WebhooksWrite)
            .Describe("webhooks.delete", "Deletes a webhook endpoint.");
        webhooks.MapPost("/{id}/rotate-secret", ChangeWebhook.RotateAccount).RequireScope(Scopes.WebhooksWrite)
            .Describe("webhooks.rotateSecret", "Makes a new signing secret; the old one signs along for a day.");
        webhooks.MapGet("/{id}/deliveries", ReadWebhookDeliveries.ListAccount).RequireScope(Scopes.WebhooksRead)
            .Describe("webhooks.deliveries", "Lists deliveries to an endpoint, newest first.");
        webhooks.MapPost("/deliveries/{id}/replay", RetryWebhookDelivery.Account).RequireScope(Scopes.WebhooksWrite)
            .Describe("webhooks.replay", "Delivers the same event once more.", ProblemKind.Conflict);
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
