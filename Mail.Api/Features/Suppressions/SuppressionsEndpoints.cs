using System.Text.Json.Serialization;
using FluentValidation;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core;
using Mail.Core.ApiKeys;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Suppressions;

/// <summary>The addresses an organization does not send to.</summary>
internal static class SuppressionsEndpoints
{
    public static void AddSuppressions(this WebApplicationBuilder builder)
    {
        builder.AddMailOptions<SuppressionOptions>(SuppressionOptions.Section);
        builder.Services.AddBodies(SuppressionsJson.Default)
            .AddSingleton<IValidator<SuppressionRequest>, SuppressionValidator>()
            .AddSingleton<IValidator<BulkSuppressionRequest>, BulkSuppressionValidator>()
            .AddSingleton<IValidator<BulkDeleteRequest>, BulkDeleteValidator>();
    }

    public static void MapSuppressions(this RouteGroupBuilder mail)
    {
        var suppressions = mail.MapGroup("/suppressions");
        suppressions.MapPost("", WriteSuppressions.CreateMail).RequireScope(Scopes.SuppressionsWrite)
            .Describe("mail.suppressions.create", "Suppresses an address.", ProblemKind.Conflict);
        suppressions.MapPost("/bulk", BulkSuppressions.CreateMail).RequireScope(Scopes.SuppressionsWrite)
            .Describe("mail.suppressions.createBulk", "Suppresses up to 1,000 addresses, each with a result of its own.");
        suppressions.MapPost("/bulk-delete", BulkSuppressions.DeleteMail).RequireScope(Scopes.SuppressionsWrite)
            .Describe("mail.suppressions.deleteBulk", "Lifts up to 1,000 suppressions by id or address.");
        suppressions.MapPost("/import", ImportSuppressions.Mail).RequireScope(Scopes.SuppressionsWrite).WithMetadata(ImportLimit(mail))
            .Describe("mail.suppressions.import", "Takes a CSV file of addresses, line by line.", ProblemKind.PayloadTooLarge, ProblemKind.UnsupportedMediaType);
        suppressions.MapGet("", ReadSuppressions.ListMail).RequireScope(Scopes.SuppressionsRead)
            .Describe("mail.suppressions.list", "Lists suppressed addresses, newest first.");
        suppressions.MapGet("/export", ExportSuppressions.Run).RequireScope(Scopes.SuppressionsRead)
            .Describe("mail.suppressions.export", "Answers the whole list as CSV.");
        suppressions.MapGet("/{id}", ReadSuppressions.GetMail).RequireScope(Scopes.SuppressionsRead)
            .Describe("mail.suppressions.get", "Reads a suppression.");
        suppressions.MapDelete("/{id}", WriteSuppressions.Delete).RequireScope(Scopes.SuppressionsWrite)
            .Describe("mail.suppressions.delete", "Lifts a suppression.");
    }

    public static void MapAccountSuppressions(this RouteGroupBuilder account)
    {
        var suppressions = account.MapGroup("/suppressions");
        suppressions.MapPost("", WriteSuppressions.CreateAccount).RequireScope(Scopes.SuppressionsWrite)
            .Describe("suppressions.create", "Suppresses an address.", ProblemKind.Conflict);
        suppressions.MapPost("/bulk", BulkSuppressions.CreateAccount).RequireScope(Scopes.SuppressionsWrite)
            .Describe("suppressions.createBulk", "Suppresses up to 1,000 addresses, each with a result of its own.");
        suppressions.MapPost("/bulk-delete", BulkSuppressions.DeleteAccount).RequireScope(Scopes.SuppressionsWrite)
            .Describe("suppressions.deleteBulk", "Lifts up to 1,000 suppressions by id or address.");
        suppressions.MapPost("/import", ImportSuppressions.Account).RequireScope(Scopes.SuppressionsWrite).WithMetadata(ImportLimit(account))
            .Describe("suppressions.import", "Takes a CSV file of addresses, line by line.", ProblemKind.PayloadTooLarge, ProblemKind.UnsupportedMediaType);
        suppressions.MapGet("", ReadSuppressions.ListAccount).RequireScope(Scopes.SuppressionsRead)
            .Describe("suppressions.list", "Lists suppressed addresses, newest first.");
        suppressions.MapGet("/export", ExportSuppressions.Run).RequireScope(Scopes.SuppressionsRead)
            .Describe("suppressions.export", "Answers the whole list as CSV.");
        suppressions.MapGet("/{id}", ReadSuppressions.GetAccount).RequireScope(Scopes.SuppressionsRead)
            .Describe("suppressions.get", "Reads a suppression.");
        suppressions.MapDelete("/{id}", WriteSuppressions.Delete).RequireScope(Scopes.SuppressionsWrite)
            .Describe("suppressions.delete", "Lifts a suppression.");
    }

    private static RequestSizeLimitAttribute ImportLimit(IEndpointRouteBuilder routes) =>
        new(routes.ServiceProvider.GetRequiredService<IOptions<SuppressionOptions>>().Value.MaxImportBytes);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(SuppressionRequest))]
[JsonSerializable(typeof(BulkSuppressionRequest))]
[JsonSerializable(typeof(BulkDeleteRequest))]
[JsonSerializable(typeof(SuppressionResponse))]
[JsonSerializable(typeof(Envelope<SuppressionResponse>))]
[JsonSerializable(typeof(ListEnvelope<SuppressionResponse>))]
[JsonSerializable(typeof(IReadOnlyList<SuppressionResponse>))]
[JsonSerializable(typeof(BulkSuppressionResponse))]
[JsonSerializable(typeof(Envelope<BulkSuppressionResponse>))]
[JsonSerializable(typeof(BulkDeleteResponse))]
[JsonSerializable(typeof(Envelope<BulkDeleteResponse>))]
[JsonSerializable(typeof(ImportResponse))]
[JsonSerializable(typeof(Envelope<ImportResponse>))]
internal sealed partial class SuppressionsJson : JsonSerializerContext;
