using Mail.Api.Http;
using Mail.Core.Events;
using Mail.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Messages;

/// <summary>Messages of the Account surface with their bodies and events.</summary>
internal static class ReadAccountMessages
{
    public static async Task<Results<Ok<AccountMessageContentResponse>, Problem>> Get(
        string id, MessageStore messages, HttpContext context, CancellationToken cancellationToken)
    {
        if (!ReadMessages.TryRead(id, out var message)
            || await messages.FindAsync(context.Caller().Organization, message, withContent: true, cancellationToken) is not { } found)
            return Problem.NotFound("message");
        return TypedResults.Ok(new AccountMessageContentResponse(AccountMessageResponse.Of(found), found.Content!.Html, found.Content.Text));
    }

    public static async Task<Results<Ok<IReadOnlyList<AccountMessageEventResponse>>, Problem>> Events(
        string id, MessageStore messages, EventStore events, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (!ReadMessages.TryRead(id, out var message) || !await messages.ExistsAsync(organization, message, cancellationToken))
            return Problem.NotFound("message");
        var happened = await events.OfMessageAsync(organization, message, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<AccountMessageEventResponse>>(
        [
            .. happened.Select(EventProjection.AccountListed).OfType<AccountMessageEvent>()
                .Select(told => new AccountMessageEventResponse(told.Id, (int)told.Type, told.OccurredAt, told.Metadata)),
        ]);
    }
}
