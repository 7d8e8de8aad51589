using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Events;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Events;

/// <summary>What has happened, newest first.</summary>
internal static class EventsEndpoints
{
    public static void AddEvents(this IServiceCollection services) => services.AddBodies(EventsJson.Default);

    public static void MapEvents(this RouteGroupBuilder mail)
    {
        mail.MapGet("/events", List).RequireScope(Scopes.EmailsRead)
            .Describe("mail.events.list", "Lists what has happened, newest first.", ProblemKind.QueryTooSlow);
        mail.MapGet("/events/{id}", Get).RequireScope(Scopes.EmailsRead)
            .Describe("mail.events.get", "Reads one event.");
    }

    private static async Task<Results<Ok<ListEnvelope<MailEvent>>, Problem>> List(
        string? type, string? resourceType, string? resourceId, string? messageId, string? from, string? to, string? cursor, string? limit,
        EventStore events, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<Core.Events.EventId>(cursor, limit);
        var filter = new EventFilter(
            fields.OneOf("type", type, EventTypes.All), fields.OneOf("resourceType", resourceType, EventResources.All),
            Resource: null, fields.Id<MessageId>("messageId", messageId), fields.Instant("from", from), fields.Instant("to", to));
        if (fields.Problem is { } problem)
            return problem;
        if (resourceId is not null)
        {
            if (EventResources.ReadId(resourceId) is not { } resource)
                return Problem.Validation("?resourceId", FieldCodes.InvalidValue, "resourceId must be the id of what an event is about.");
            filter = filter with { Resource = resource };
        }
        var rows = await events.ListAsync(context.Caller().Organization, filter, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(rows, page, EventProjection.Mail, row => row.Id);
    }

    private static async Task<Results<Ok<Envelope<MailEvent>>, Problem>> Get(
        string id, EventStore events, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<Core.Events.EventId>(id, out var happened)
        && await events.FindAsync(context.Caller().Organization, happened, cancellationToken) is { } found
            ? Envelope.Ok(EventProjection.Mail(found))
            : Problem.NotFound("event");
}
