using FluentValidation;
using Mail.Api.Features.ApiKeys;
using Mail.Api.Features.Batches;
using Mail.Api.Features.Billing;
using Mail.Api.Features.Bounces;
using Mail.Api.Features.Analytics;
using Mail.Api.Features.Assets;
using Mail.Api.Features.Delivery;
using Mail.Api.Features.DevInbox;
using Mail.Api.Features.Events;
using Mail.Api.Features.Domains;
using Mail.Api.Features.Lint;
using Mail.Api.Features.Limits;
using Mail.Api.Features.Inbound;
using Mail.Api.Features.Messages;
using Mail.Api.Features.Operator;
using Mail.Api.Features.Otp;
using Mail.Api.Features.Reputation;
using Mail.Api.Features.Schedules;
using Mail.Api.Features.Suppressions;
using Mail.Api.Features.Webhooks;
using Mail.Api.Features.Templates;
using Mail.Api.Features.TrackedMail;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Api.Http.RateLimits;
using Mail.Core;
using Mail.Core.TrackedMail;
using Mail.Core.RateLimits;

namespace Mail.Api;

/// <summary>What makes the host this API: services, middleware, and the one list of all route groups.</summary>
internal static class ApiHost
{
    private static readonly string[] MailPrefixes = ["/v1/mail", "/api/v1/mail"];
    private static readonly string[] AssetPrefixes = ["/v1", "/api/v1"];

    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ApiLimits.MaxBodyBytes;
        });
        builder.AddMailOptions<SendOptions>(SendOptions.Section);
        builder.AddMailOptions<RequestMemoryOptions>(RequestMemoryOptions.Section);
        builder.AddOtp();
        builder.AddBatches();
        builder.AddDomains();
        builder.AddInbound();
        builder.AddSchedules();
        builder.Services.AddBodies(LintJson.Default);
        builder.AddRateLimits();
        builder.AddDelivery();
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.Encoder = ApiJson.Encoder;
        });
        services.AddSingleton<RequestMemory>();
        services.AddSingleton<IValidator<SendMessageRequest>, SendMessageValidator>();
        services.AddSingleton<IValidator<SendEmailRequest>, SendEmailValidator>();
        services.AddApiKeys();
        services.AddOperator();
        services.AddInternalMail();
        services.AddWebhooks();
        services.AddTemplates();
        services.AddSingleton<Sending>();
        services.AddStoredMessages();
        services.AddEvents();
        services.AddBounces();
        builder.AddSuppressions();
        services.AddBilling();
        services.AddSendingLimits();
        services.AddReputation();
        services.AddDevInbox();
        builder.AddAssetEndpoints();
        builder.AddAnalyticsEndpoints();
        builder.AddTrackingHits();
    }

    public static void UseApi(this WebApplication app)
    {
        app.UseMiddleware<RequestTrace>();
        app.UseMiddleware<RequestFailures>();
        app.UseApiDocumentPage();
        app.UseMiddleware<OperatorAuthentication>();
        app.UseMiddleware<ApiKeyAuthentication>();
        app.UseMiddleware<RateLimiting>();
    }

    public static void MapApi(this WebApplication app)
    {
        foreach (var prefix in MailPrefixes)
        {
            var mail = app.MapGroup(prefix).WithSurface(Surface.Mail).WithKnownQuery().WithValidation();
            mail.MapMessages();
            mail.MapStoredMessages();
            ExplainSending.Map(mail);
            mail.MapEvents();
            mail.MapBounces();
            mail.MapApiKeys();
            mail.MapWebhooks();
            mail.MapOtp();
            mail.MapBatches();
            mail.MapSchedules();
            mail.MapTemplates();
            mail.MapDomains();
            mail.MapInbound();
            mail.MapSuppressions();
            mail.MapAnalytics();
            mail.MapLimits();
            mail.MapReputation();
        }
        var account = app.MapGroup("/v1").WithSurface(Surface.Account).WithKnownQuery().WithValidation();
        account.MapEmails();
        account.MapEmailBatches();
        account.MapLint();
        account.MapStoredEmails();
        account.MapAccountApiKeys();
        account.MapAccountWebhooks();
        account.MapAccountTemplates();
        account.MapAccountDomains();
        account.MapAccountSuppressions();
        account.MapBilling();
        app.MapGroup("/v1").WithKnownQuery().WithValidation().MapDevInbox();
        foreach (var prefix in AssetPrefixes)
            app.MapGroup(prefix).WithKnownQuery().WithValidation().MapAssets();
        app.MapAssetLinks();
        app.MapAttachmentLinks();
        var operatorOnly = app.MapGroup("/internal").RequireOperator().WithKnownQuery().WithValidation();
        operatorOnly.MapOperator();
        operatorOnly.MapInternalMail();
        operatorOnly.MapDelivery();
        app.MapTracking();
        app.MapErrorPages();
        app.MapApiDocument();
    }
}
