using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Inbound;
using Mail.Protocol.Mime;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.DevInbox;

/// <summary>Lets programs wait for and read the mail that Development captures and test keys send.</summary>
internal static class DevInboxEndpoints
{
    public static void AddDevInbox(this IServiceCollection services)
    {
        services.AddBodies(DevInboxJson.Default);
        services.AddSingleton<DevInboxArrivals>();
        services.AddHostedService(provider => provider.GetRequiredService<DevInboxArrivals>());
        services.AddSingleton<DevInboxReader>();
    }

    public static void MapDevInbox(this RouteGroupBuilder v1)
    {
        var inbox = v1.MapGroup("/dev/inbox");
        inbox.MapGet("", List).RequireScope(Scopes.InboundRead)
            .Describe("devInbox.list", "Lists captured mail, and waits for it when asked.", ProblemKind.QueryTooSlow);
        inbox.MapDelete("", Clear).RequireScope(Scopes.InboundWrite)
            .Describe("devInbox.clear", "Deletes all captured mail.");
        inbox.MapGet("/{id}", Get).RequireScope(Scopes.InboundRead)
            .Describe("devInbox.get", "Reads a captured mail.");
        inbox.MapDelete("/{id}", Delete).RequireScope(Scopes.InboundWrite)
            .Describe("devInbox.delete", "Deletes a captured mail.");
        inbox.MapGet("/{id}/raw", GetRaw).RequireScope(Scopes.InboundRead)
            .Describe("devInbox.raw", "Reads a captured mail as it was received.");
        inbox.MapGet("/{id}/parts", ListParts).RequireScope(Scopes.InboundRead)
            .Describe("devInbox.parts", "Lists the MIME parts of a captured mail.");
        inbox.MapGet("/{id}/parts/{part}", GetPart).RequireScope(Scopes.InboundRead)
            .Describe("devInbox.part", "Reads the decoded bytes of a part of a captured mail.");
    }

    private static async Task<Results<Ok<InboxPage>, Problem>> List(
        string? to, string? from, string? subject, string? search, string? messageId, string? createdFrom, string? createdTo, string? wait,
        string? cursor, string? limit, DevInboxReader reader, HttpContext context)
    {
        var (query, problem) = InboxQuery.Read(
            new InboxQueryTexts(to, from, subject, search, messageId, createdFrom, createdTo, wait, cursor, limit));
        if (query is null)
            return problem!;
        var found = await reader.ListAsync(context.Caller().Organization, query, context.RequestAborted);
        return TypedResults.Ok(InboxPage.Of(found, query.Page.Limit));
    }

    private static async Task<Results<Ok<InboxMessageResponse>, Problem>> Get(
        string id, DevInboxReader reader, HttpContext context, CancellationToken cancellationToken) =>
        await reader.FindAsync(context.Caller().Organization, id, cancellationToken) is { } found
            ? TypedResults.Ok(InboxMessageResponse.Of(found.Message, found.Raw))
            : Problem.NotFound("mail");

    private static async Task<Results<FileStreamHttpResult, Problem>> GetRaw(
        string id, DevInboxReader reader, HttpContext context, CancellationToken cancellationToken) =>
        await reader.OpenAsync(context.Caller().Organization, id, cancellationToken) is { } found
            ? TypedResults.Stream(found.Content, "message/rfc822")
            : Problem.NotFound("mail");

    private static async Task<Results<Ok<InboxParts>, Problem>> ListParts(
        string id, DevInboxReader reader, HttpContext context, CancellationToken cancellationToken) =>
        await reader.FindAsync(context.Caller().Organization, id, cancellationToken) is { } found
            ? TypedResults.Ok(new InboxParts([.. InboxPart.Number(MimeMessage.Parse(found.Raw)).Select(part => InboxPart.Of(part.Number, part.Entity))]))
            : Problem.NotFound("mail");

    private static async Task<Results<FileStreamHttpResult, Problem>> GetPart(
        string id, string part, DevInboxReader reader, HttpContext context, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(context.Caller().Organization, id, cancellationToken) is not { } found)
            return Problem.NotFound("mail");
        return InboxPart.Number(MimeMessage.Parse(found.Raw)).FirstOrDefault(other => other.Number == part) is { Entity: { } entity }
            ? ForeignFile.Of(entity.OpenContent(), entity.FileName ?? $"part-{part}", context)
            : Problem.NotFound("part");
    }

    private static async Task<NoContent> Clear(DevInboxStore inbox, HttpContext context, CancellationToken cancellationToken)
    {
        await inbox.ClearAsync(context.Caller().Organization, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        string id, DevInboxStore inbox, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<InboxMessageId>(id, out var mail) && await inbox.DeleteAsync(context.Caller().Organization, mail, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.NotFound("mail");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(InboxPage))]
[JsonSerializable(typeof(InboxMessageResponse))]
[JsonSerializable(typeof(InboxParts))]
internal sealed partial class DevInboxJson : JsonSerializerContext;
