using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Schedules;

/// <summary>Messages that are sent later: make, look at, move, call off.</summary>
internal static class ScheduleEndpoints
{
    public static void AddSchedules(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddBodies(ScheduleJson.Default);
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton<Scheduling>();
        services.AddSingleton<ScheduledAttachments>();
        services.AddSingleton<IValidator<ScheduleRequest>, ScheduleValidator>();
        services.AddSingleton<IValidator<RescheduleRequest>, RescheduleValidator>();
    }

    public static void MapSchedules(this RouteGroupBuilder mail)
    {
        var scheduled = mail.MapGroup("/scheduled");
        scheduled.MapPost("", Create).RequireScope(Scopes.EmailsSend).TakesMessages().Describe("mail.scheduled.create",
            "Accepts a message that is sent later.", [.. SendRefusals.Usual, ProblemKind.MissingVariables, ProblemKind.TemplateError]);
        scheduled.MapGet("", List).RequireScope(Scopes.EmailsRead)
            .Describe("mail.scheduled.list", "Lists scheduled messages, latest made first.");
        scheduled.MapGet("/{id}", Get).RequireScope(Scopes.EmailsRead)
            .Describe("mail.scheduled.get", "Reads a scheduled message, by its own id or that of its message.");
        scheduled.MapPatch("/{id}", Move).RequireScope(Scopes.EmailsSend)
            .Describe("mail.scheduled.update", "Moves a message that is still waiting to another time.", ProblemKind.Conflict);
        scheduled.MapPost("/{id}/cancel", Cancel).RequireScope(Scopes.EmailsSend)
            .Describe("mail.scheduled.cancel", "Calls a message off that is still waiting.", ProblemKind.Conflict);
    }

    private static async Task<Results<Accepted<Envelope<ScheduledMessageResponse>>, Problem>> Create(
        Body<ScheduleRequest> body, Scheduling scheduling, HttpContext context, CancellationToken cancellationToken) =>
        await scheduling.CreateAsync(body.Value, context, cancellationToken) switch
        {
            (var found, null) => Envelope.Accepted($"/v1/mail/scheduled/{found!.Id}", "Message scheduled", ScheduledMessageResponse.Of(found)),
            (_, var problem) => problem,
        };

    private static async Task<Results<Ok<ListEnvelope<ScheduledMessageResponse>>, Problem>> List(
        string? status, string? cursor, string? limit, ScheduleStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<ScheduledMessageId>(cursor, limit);
        var standing = fields.OneOf("status", status, ScheduledMessage.Statuses.ToArray());
        if (fields.Problem is { } problem)
            return problem;
        var found = await store.ListAsync(context.Caller().Organization, standing, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(found, page, ScheduledMessageResponse.Of, message => message.Id);
    }

    private static async Task<Results<Ok<Envelope<ScheduledMessageResponse>>, Problem>> Get(
        string id, ScheduleStore store, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, store, context, cancellationToken) is { } found
            ? Envelope.Ok(ScheduledMessageResponse.Of(found))
            : NotFound();

    private static async Task<Results<Ok<Envelope<ScheduledMessageResponse>>, Problem>> Move(
        string id, Body<RescheduleRequest> body, Scheduling scheduling, ScheduleStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, store, context, cancellationToken) is not { } found)
            return NotFound();
        var outcome = await scheduling.MoveAsync(context.Caller().Organization, found, body.Value.SendAt!.Value, cancellationToken);
        var now = (await store.FindAsync(context.Caller().Organization, found.Id, cancellationToken))!;
        return outcome == RescheduleOutcome.Moved ? Envelope.Ok(ScheduledMessageResponse.Of(now)) : TooLate(now);
    }

    private static async Task<Results<Ok<Envelope<ScheduledMessageResponse>>, Problem>> Cancel(
        string id, ScheduleStore store, CancelStore messages, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (await FindAsync(id, store, context, cancellationToken) is not { } found)
            return NotFound();
        // What is released is a message like others: it can be called off as one, but not as a schedule.
        if (found.Status == "scheduled")
            await messages.CancelScheduledAsync(organization, found.Message, cancellationToken);
        var now = (await store.FindAsync(organization, found.Id, cancellationToken))!;
        return now.Status == "canceled" ? Envelope.Ok(ScheduledMessageResponse.Of(now)) : TooLate(now);
    }

    /// <summary>By the id of the schedule, or by that of its message.</summary>
    private static async Task<ScheduledMessage?> FindAsync(string id, ScheduleStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (PrefixedId.TryParse<ScheduledMessageId>(id, out var schedule))
            return await store.FindAsync(organization, schedule, cancellationToken);
        return PrefixedId.TryParse<MessageId>(id, out var message) ? await store.OfMessageAsync(organization, message, cancellationToken) : null;
    }

    private static Problem NotFound() => Problem.NotFound("scheduled message");

    private static Problem TooLate(ScheduledMessage message) =>
        new(ProblemKind.Conflict, $"The message is {message.Status}: its schedule can no longer be changed.");
}
