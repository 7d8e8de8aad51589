using System.Diagnostics;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Messages;

/// <summary>Sends a message again, to those it did not reach or to others.</summary>
internal static class ResendMessage
{
    public static async Task<Results<Accepted<Envelope<SendMessageResponse>>, Problem>> Mail(
        string id, Body<ResendRequest> body, ResendMessages messages, HttpContext context, CancellationToken cancellationToken)
    {
        var (key, problem) = IdempotencyKeys.Read(context, body.Value.IdempotencyKey);
        if (problem is not null)
            return problem;
        if (!ReadMessages.TryRead(id, out var message))
            return Problem.NotFound("message");
        var idempotency = key is null ? null : new Idempotency("mail.messages.resend " + id, key, body.CanonicalHash(IdempotencyKeys.BodyField));
        var to = body.Value.To?.Read(separated: false).Mailboxes;
        return await messages.ResendAsync(context.Caller(), message, to, idempotency, cancellationToken) switch
        {
            ResendOutcome.Sent(var outcome) => Answer(SendAnswer.Of(outcome, context)),
            ResendOutcome.NotFound => Problem.NotFound("message"),
            ResendOutcome.NothingFailed => new Problem(ProblemKind.Conflict, "The message reached all of its recipients, or may still do so: name others in 'to'."),
            ResendOutcome.IsSecret => new Problem(ProblemKind.Conflict, "The message holds a one-time code, which is not sent again: ask for a new one."),
            _ => throw new UnreachableException(),
        };
    }

    private static Results<Accepted<Envelope<SendMessageResponse>>, Problem> Answer(SendAnswer answer) => answer.Response is { } response
        ? Envelope.Accepted($"/v1/mail/messages/{response.Id}", "Message queued", response)
        : answer.Problem!;
}

/// <summary>The body of <c>POST /v1/mail/messages/{id}/resend</c>; it may be left out.</summary>
public sealed record ResendRequest : IMayBeAbsent
{
    /// <summary>Who gets it; without it those who were bounced, failed or canceled.</summary>
    public AddressInputs? To { get; init; }

    /// <summary>Repeating a request with the same key sends nothing twice; the header Idempotency-Key says the same.</summary>
    public string? IdempotencyKey { get; init; }
}
