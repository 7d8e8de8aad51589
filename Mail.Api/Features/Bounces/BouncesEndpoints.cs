using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Bounces;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Bounces;

/// <summary>What came back, of all messages or of one.</summary>
internal static class BouncesEndpoints
{
    private static readonly string[] _types = ["hard", "soft", "unknown"];
    private static readonly string[] _sources = ["smtp_log", "dsn", "manual", "internal"];

    public static void AddBounces(this IServiceCollection services) => services.AddBodies(BouncesJson.Default);

    public static void MapBounces(this RouteGroupBuilder mail)
    {
        mail.MapGet("/bounces", List).RequireScope(Scopes.EmailsRead)
            .Describe("mail.bounces.list", "Lists bounces, newest first.", ProblemKind.QueryTooSlow);
        mail.MapGet("/messages/{id}/bounces", OfMessage).RequireScope(Scopes.EmailsRead)
            .Describe("mail.messages.bounces", "Lists the bounces of a message.");
    }

    private static async Task<Results<Ok<ListEnvelope<BounceResponse>>, Problem>> List(
        string? type, string? email, string? messageId, string? source, string? createdFrom, string? createdTo, string? cursor, string? limit,
        BounceStore bounces, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<BounceId>(cursor, limit);
        var filter = new BounceFilter(
            fields.OneOf("type", type, _types), fields.Email("email", email)?.Address, fields.Id<MessageId>("messageId", messageId),
            fields.OneOf("source", source, _sources), fields.Instant("createdFrom", createdFrom), fields.Instant("createdTo", createdTo));
        if (fields.Problem is { } problem)
            return problem;
        var rows = await bounces.ListAsync(context.Caller().Organization, filter, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(rows, page, BounceResponse.Of, row => row.Id);
    }

    private static async Task<Results<Ok<ListEnvelope<BounceResponse>>, Problem>> OfMessage(
        string id, MessageStore messages, BounceStore bounces, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (!PrefixedId.TryParse<MessageId>(id, out var message) || !await messages.ExistsAsync(organization, message, cancellationToken))
            return Problem.NotFound("message");
        // One at most for each recipient.
        var rows = await bounces.ListAsync(organization, new BounceFilter(Message: message), null, short.MaxValue, cancellationToken);
        return Envelope.List<BounceResponse>([.. rows.Select(BounceResponse.Of)]);
    }
}
