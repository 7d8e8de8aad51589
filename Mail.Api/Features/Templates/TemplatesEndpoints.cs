using System.Text.Json.Serialization;
using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Templates.Engine;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Templates;

internal static class TemplatesEndpoints
{
    public static IServiceCollection AddTemplates(this IServiceCollection services) => services
        .AddBodies(TemplatesJson.Default)
        .AddSingleton<TemplateViews>()
        .AddSingleton<PreviewTemplates>()
        .AddSingleton<IValidator<CreateTemplateRequest>, CreateTemplateValidator>()
        .AddSingleton<IValidator<UpdateTemplateRequest>, UpdateTemplateValidator>()
        .AddSingleton<IValidator<CreateTemplateVersionRequest>, CreateTemplateVersionValidator>()
        .AddSingleton<IValidator<PreviewTemplateRequest>, PreviewTemplateValidator>()
        .AddSingleton<IValidator<PreviewContentRequest>, PreviewContentValidator>()
        .AddSingleton<IValidator<DraftTemplateRequest>, DraftTemplateValidator>()
        .AddSingleton<IValidator<SendTemplateRequest>, SendTemplateValidator>()
        .AddSingleton<IValidator<TestTemplateRequest>, TestTemplateValidator>();

    public static void MapTemplates(this RouteGroupBuilder mail)
    {
        var message = new RequestSizeLimitAttribute(Options<SendOptions>(mail).MaxRequestBytes);
        mail.MapPost("/send-template", SendTemplate.Send).RequireScope(Scopes.EmailsSend).WithMetadata(message);
        var templates = mail.MapGroup("/templates");
        templates.WithMetadata(new RequestSizeLimitAttribute(MaxBytes(mail)));
        templates.MapPost("", WriteTemplates.Create).RequireScope(Scopes.TemplatesWrite);
        templates.MapGet("", ReadTemplates.List).RequireScope(Scopes.TemplatesRead);
        templates.MapPost("/preview", PreviewTemplates.Content).RequireScope(Scopes.TemplatesRead);
        templates.MapGet("/{idOrSlug}", ReadTemplates.Get).RequireScope(Scopes.TemplatesRead);
        templates.MapPatch("/{idOrSlug}", WriteTemplates.Update).RequireScope(Scopes.TemplatesWrite);
        templates.MapDelete("/{idOrSlug}", WriteTemplates.Delete).RequireScope(Scopes.TemplatesWrite);
        templates.MapGet("/{idOrSlug}/versions", ReadTemplates.Versions).RequireScope(Scopes.TemplatesRead);
        templates.MapPost("/{idOrSlug}/versions", WriteTemplates.CreateVersion).RequireScope(Scopes.TemplatesWrite);
        templates.MapGet("/{idOrSlug}/versions/{versionId}", ReadTemplates.Version).RequireScope(Scopes.TemplatesRead);
        templates.MapPost("/{idOrSlug}/versions/{versionId}/activate", WriteTemplates.Activate).RequireScope(Scopes.TemplatesWrite);
        templates.MapPost("/{idOrSlug}/preview", PreviewTemplates.Mail).RequireScope(Scopes.TemplatesRead);
        templates.MapPost("/{idOrSlug}/test-send", SendTemplate.Test).RequireScope(Scopes.EmailsSend);
    }

    public static void MapAccountTemplates(this RouteGroupBuilder account)
    {
        var templates = account.MapGroup("/templates");
        templates.WithMetadata(new RequestSizeLimitAttribute(MaxBytes(account)));
        templates.MapGet("", AccountTemplates.List).RequireScope(Scopes.TemplatesRead);
        templates.MapPost("", AccountTemplates.Create).RequireScope(Scopes.TemplatesWrite);
        templates.MapGet("/{id}", AccountTemplates.Get).RequireScope(Scopes.TemplatesRead);
        templates.MapPut("/{id}", AccountTemplates.Update).RequireScope(Scopes.TemplatesWrite);
        templates.MapDelete("/{id}", AccountTemplates.Delete).RequireScope(Scopes.TemplatesWrite);
        templates.MapPost("/{id}/publish", AccountTemplates.Publish).RequireScope(Scopes.TemplatesWrite);
        templates.MapPost("/{id}/preview", PreviewTemplates.Account).RequireScope(Scopes.TemplatesRead);
    }

    // HTML and text, each in JSON that may write a byte as six.
    private static long MaxBytes(RouteGroupBuilder group) => 4L * Options<TemplateLimits>(group).MaxSourceBytes;

    private static T Options<T>(RouteGroupBuilder group) where T : class =>
        ((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<IOptions<T>>().Value;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(CreateTemplateRequest))]
[JsonSerializable(typeof(UpdateTemplateRequest))]
[JsonSerializable(typeof(CreateTemplateVersionRequest))]
[JsonSerializable(typeof(PreviewTemplateRequest))]
[JsonSerializable(typeof(PreviewContentRequest))]
[JsonSerializable(typeof(DraftTemplateRequest))]
[JsonSerializable(typeof(SendTemplateRequest))]
[JsonSerializable(typeof(TestTemplateRequest))]
[JsonSerializable(typeof(Envelope<TemplateResponse>))]
[JsonSerializable(typeof(Envelope<TemplateVersionResponse>))]
[JsonSerializable(typeof(Envelope<TemplatePreviewResponse>))]
[JsonSerializable(typeof(Envelope<TestSendResponse>))]
[JsonSerializable(typeof(ListEnvelope<TemplateSummaryResponse>))]
[JsonSerializable(typeof(ListEnvelope<TemplateVersionSummaryResponse>))]
[JsonSerializable(typeof(TemplatePreviewResponse))]
[JsonSerializable(typeof(AccountTemplateResponse))]
[JsonSerializable(typeof(IReadOnlyList<AccountTemplateSummary>))]
internal sealed partial class TemplatesJson : JsonSerializerContext;
