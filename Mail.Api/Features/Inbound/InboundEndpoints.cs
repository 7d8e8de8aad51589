using System.Text.Json.Serialization;
using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Core.Inbound;

namespace Mail.Api.Features.Inbound;

/// <summary>Inbound domains and the mail that they receive.</summary>
internal static class InboundEndpoints
{
    public static void AddInbound(this WebApplicationBuilder builder)
    {
        builder.AddInboundMail();
        builder.Services.AddBodies(InboundJson.Default);
        builder.Services.AddSingleton<IValidator<CreateInboundDomainRequest>, CreateInboundDomainValidator>();
        builder.Services.AddSingleton<IValidator<SignAttachmentRequest>, SignAttachmentValidator>();
        builder.Services.AddSingleton<AttachmentAddresses>();
    }

    public static void MapInbound(this RouteGroupBuilder mail)
    {
        var domains = mail.MapGroup("/inbound/domains");
        domains.MapPost("", InboundDomains.Create).RequireScope(Scopes.InboundWrite)
            .Describe("mail.inbound.domains.create", "Adds a domain to receive mail for; the answer has the DNS records to publish.", ProblemKind.Conflict);
        domains.MapGet("", InboundDomains.List).RequireScope(Scopes.InboundRead)
            .Describe("mail.inbound.domains.list", "Lists inbound domains.");
        domains.MapGet("/{id}", InboundDomains.Get).RequireScope(Scopes.InboundRead)
            .Describe("mail.inbound.domains.get", "Reads an inbound domain with its DNS records and what was found of each.");
        domains.MapPost("/{id}/verify", InboundDomains.Verify).RequireScope(Scopes.InboundWrite)
            .Describe("mail.inbound.domains.verify", "Looks at the DNS records of an inbound domain now.", ProblemKind.Conflict);
        domains.MapDelete("/{id}", InboundDomains.Delete).RequireScope(Scopes.InboundWrite)
            .Describe("mail.inbound.domains.delete", "Deletes an inbound domain; its mail stays for its time.");

        var messages = mail.MapGroup("/inbound/messages");
        messages.MapGet("", InboundMessages.List).RequireScope(Scopes.InboundRead)
            .Describe("mail.inbound.messages.list", "Lists received mail, newest first.");
        messages.MapGet("/{id}", InboundMessages.Get).RequireScope(Scopes.InboundRead)
            .Describe("mail.inbound.messages.get", "Reads a received mail.");
        messages.MapGet("/{id}/raw", InboundMessages.GetRaw).RequireScope(Scopes.InboundRead)
            .Describe("mail.inbound.messages.raw", "Reads a received mail as it came, with the fields that final delivery adds.");
        messages.MapGet("/{id}/attachments", InboundMessages.ListAttachments).RequireScope(Scopes.InboundRead)
            .Describe("mail.inbound.messages.attachments", "Lists the attachments of a received mail.");
        messages.MapGet("/{id}/attachments/{attachmentId}", InboundMessages.GetAttachment).RequireScope(Scopes.InboundRead)
            .Describe("mail.inbound.messages.attachment", "Reads the bytes of an attachment, or is redirected to them.");
        messages.MapPost("/{id}/attachments/{attachmentId}/signed-url", InboundMessages.SignAttachment).RequireScope(Scopes.InboundRead)
            .Describe("mail.inbound.messages.signAttachment", "Signs an address that an attachment can be read from for a while.");
        messages.MapDelete("/{id}", InboundMessages.Delete).RequireScope(Scopes.InboundWrite)
            .Describe("mail.inbound.messages.delete", "Deletes a received mail.");
        messages.MapPost("/{id}/reprocess", InboundMessages.Reprocess).RequireScope(Scopes.InboundWrite)
            .Describe("mail.inbound.messages.reprocess", "Reads the octets of a received mail anew.");
    }

    /// <summary>The addresses that <c>signAttachment</c> makes: their token is signed.</summary>
    public static void MapAttachmentLinks(this IEndpointRouteBuilder routes) =>
        routes.MapGet(AttachmentAddresses.Path + "{token}", AttachmentAddresses.Read).AllowAnonymous()
            .Describe("mail.inbound.messages.file", "Reads an attachment by a signed address.");
}

internal sealed class CreateInboundDomainValidator : AbstractValidator<CreateInboundDomainRequest>
{
    public CreateInboundDomainValidator(SendingDomainName names)
    {
        RuleFor(request => request.Domain).NotEmpty().WithErrorCode(FieldCodes.Required).WithMessage("domain is required.");
        RuleFor(request => request.Domain).Custom((domain, context) =>
        {
            if (!string.IsNullOrEmpty(domain) && names.Read(domain).Problem is { } problem)
                context.AddFailure(Failures.Of("/domain", FieldCodes.InvalidValue, problem));
        });
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(CreateInboundDomainRequest))]
[JsonSerializable(typeof(Envelope<InboundDomainResponse>))]
[JsonSerializable(typeof(ListEnvelope<InboundDomainResponse>))]
[JsonSerializable(typeof(Envelope<InboundMessageResponse>))]
[JsonSerializable(typeof(ListEnvelope<InboundMessageSummary>))]
[JsonSerializable(typeof(ListEnvelope<InboundAttachmentResponse>))]
[JsonSerializable(typeof(SignAttachmentRequest))]
[JsonSerializable(typeof(Envelope<SignedAttachmentResponse>))]
internal sealed partial class InboundJson : JsonSerializerContext;
