using System.Text.Json;
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
        mail.MapPost("/send-template", SendTemplate.Send).RequireScope(Scopes.EmailsSend).TakesMessages()
            .Describe("mail.sendTemplate", "Renders a template and accepts the message.", [.. SendRefusals.Usual, ProblemKind.MissingVariables, ProblemKind.TemplateError]);
        var templates = mail.MapGroup("/templates");
        templates.WithMetadata(new RequestSizeLimitAttribute(MaxBytes(mail)));
        templates.MapPost("", WriteTemplates.Create).RequireScope(Scopes.TemplatesWrite)
            .Describe("mail.templates.create", "Adds a template with its first version.", ProblemKind.Conflict, ProblemKind.TemplateError);
        templates.MapGet("", ReadTemplates.List).RequireScope(Scopes.TemplatesRead)
            .Describe("mail.templates.list", "Lists templates.");
        templates.MapPost("/preview", PreviewTemplates.Content).RequireScope(Scopes.TemplatesRead)
            .Describe("mail.templates.previewContent", "Renders content that is not stored.", ProblemKind.TemplateError);
        templates.MapGet("/{idOrSlug}", ReadTemplates.Get).RequireScope(Scopes.TemplatesRead)
            .Describe("mail.templates.get", "Reads a template with its versions.");
        templates.MapPatch("/{idOrSlug}", WriteTemplates.Update).RequireScope(Scopes.TemplatesWrite)
            .Describe("mail.templates.update", "Changes a template; other content makes a version.", ProblemKind.Conflict, ProblemKind.TemplateError);
        templates.MapDelete("/{idOrSlug}", WriteTemplates.Delete).RequireScope(Scopes.TemplatesWrite)
            .Describe("mail.templates.delete", "Deletes a template.");
        templates.MapGet("/{idOrSlug}/versions", ReadTemplates.Versions).RequireScope(Scopes.TemplatesRead)
            .Describe("mail.templates.versions.list", "Lists the versions of a template.");
        templates.MapPost("/{idOrSlug}/versions", WriteTemplates.CreateVersion).RequireScope(Scopes.TemplatesWrite)
            .Describe("mail.templates.versions.create", "Adds a version.", ProblemKind.TemplateError);
        templates.MapGet("/{idOrSlug}/versions/{versionId}", ReadTemplates.Version).RequireScope(Scopes.TemplatesRead)
            .Describe("mail.templates.versions.get", "Reads a version.");
        templates.MapPost("/{idOrSlug}/versions/{versionId}/activate", WriteTemplates.Activate).RequireScope(Scopes.TemplatesWrite)
            .Describe("mail.templates.versions.activate", "Makes a version the one that is sent.");
        templates.MapPost("/{idOrSlug}/preview", PreviewTemplates.Mail).RequireScope(Scopes.TemplatesRead)
            .Describe("mail.templates.preview", "Renders a template without sending it.", ProblemKind.TemplateError);
        templates.MapPost("/{idOrSlug}/test-send", SendTemplate.Test).RequireScope(Scopes.EmailsSend)
            .Describe("mail.templates.testSend", "Sends a template to try it out.", [.. SendRefusals.Usual, ProblemKind.MissingVariables, ProblemKind.TemplateError]);
    }

    public static void MapAccountTemplates(this RouteGroupBuilder account)
    {
        var templates = account.MapGroup("/templates");
        templates.WithMetadata(new RequestSizeLimitAttribute(MaxBytes(account)));
        templates.MapGet("", AccountTemplates.List).RequireScope(Scopes.TemplatesRead)
            .Describe("templates.list", "Lists templates.");
        templates.MapPost("", AccountTemplates.Create).RequireScope(Scopes.TemplatesWrite)
            .Describe("templates.create", "Adds a template as a draft.", ProblemKind.Conflict, ProblemKind.TemplateError);
        templates.MapGet("/{id}", AccountTemplates.Get).RequireScope(Scopes.TemplatesRead)
            .Describe("templates.get", "Reads a template.");
        templates.MapPut("/{id}", AccountTemplates.Update).RequireScope(Scopes.TemplatesWrite)
            .Describe("templates.update", "Replaces the draft of a template.", ProblemKind.Conflict, ProblemKind.TemplateError);
        templates.MapDelete("/{id}", AccountTemplates.Delete).RequireScope(Scopes.TemplatesWrite)
            .Describe("templates.delete", "Deletes a template.");
        templates.MapPost("/{id}/publish", AccountTemplates.Publish).RequireScope(Scopes.TemplatesWrite)
            .Describe("templates.publish", "Makes the draft the version that is sent.", ProblemKind.Conflict);
        templates.MapPost("/{id}/preview", PreviewTemplates.Account).RequireScope(Scopes.TemplatesRead)
            .Describe("templates.preview", "Renders a template without sending it.", ProblemKind.TemplateError);
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
[JsonSerializable(typeof(JsonElement))]
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
