using Mail.Api.Http;
using Mail.Core.Domains;
using Mail.Core.Events;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Messages;

/// <summary>Reads messages back. What another organization owns does not exist here.</summary>
internal static class ReadMessages
{
    private const string Content = "content";

    public static async Task<Results<Ok<Envelope<MessageResponse>>, Problem>> Get(
        string id, string? include, MessageStore messages, HttpContext context, CancellationToken cancellationToken)
    {
        if (include is not (null or Content))
            return Problem.Validation("?include", FieldCodes.InvalidValue, $"include can only be '{Content}'.");
        if (await FindAsync(id, messages, context, include == Content, cancellationToken) is not { } message)
            return Problem.NotFound("message");
        return Envelope.Ok(MessageResponse.Of(message));
    }

    public static async Task<Results<Ok<ListEnvelope<AttemptResponse>>, Problem>> Attempts(
        string id, MessageStore messages, HttpContext context, CancellationToken cancellationToken)
    {
        if (!TryRead(id, out var message)
            || await messages.AttemptsAsync(context.Caller().Organization, message, cancellationToken) is not { } attempts)
            return Problem.NotFound("message");
        return Envelope.List<AttemptResponse>([.. attempts.Select(AttemptResponse.Of)]);
    }

    public static async Task<Results<Ok<ListEnvelope<LogResponse>>, Problem>> Logs(
        string id, DeliveryLogStore logs, HttpContext context, CancellationToken cancellationToken)
    {
        if (!TryRead(id, out var message)
            || await logs.OfMessageAsync(context.Caller().Organization, message, cancellationToken) is not { } found)
            return Problem.NotFound("message");
        return Envelope.List<LogResponse>([.. found.Select(LogResponse.Of)]);
    }

    public static async Task<Results<Ok<ListEnvelope<TimelineItem>>, Problem>> Timeline(
        string id, MessageStore messages, EventStore events, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (!TryRead(id, out var message) || !await messages.ExistsAsync(organization, message, cancellationToken))
            return Problem.NotFound("message");
        var happened = await events.OfMessageAsync(organization, message, cancellationToken);
        return Envelope.List<TimelineItem>([.. happened.Select(TimelineItem.Of)]);
    }

    public static async Task<Results<Ok<EmailResponse>, Problem>> GetEmail(
        string id, MessageStore messages, IOptions<MailHostOptions> host, HttpContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, messages, context, withContent: false, cancellationToken) is not { } message)
            return Problem.NotFound("email");
        return TypedResults.Ok(EmailResponse.Of(message, host.Value.Name));
    }

    private static Task<MessageDetails?> FindAsync(
        string id, MessageStore messages, HttpContext context, bool withContent, CancellationToken cancellationToken) =>
        TryRead(id, out var message)
            ? messages.FindAsync(context.Caller().Organization, message, withContent, cancellationToken)
            : Task.FromResult<MessageDetails?>(null);

    // A text that is no id names nothing: 404, as for an id that nothing has.
    public static bool TryRead(string id, out MessageId message)
    {
        if (!PrefixedId.TryParse(id, out message))
            return false;
        RequestTrace.Tag(message);
        return true;
    }
}
