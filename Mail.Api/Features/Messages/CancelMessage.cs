using System.Diagnostics;
using Mail.Api.Http;
using Mail.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Messages;

/// <summary>Calls off what is not sent yet.</summary>
internal static class CancelMessage
{
    public static async Task<Results<Ok<Envelope<CancelResponse>>, Problem>> Mail(
        string id, CancelStore store, HttpContext context, CancellationToken cancellationToken) =>
        await CancelAsync(id, "message", store, context, cancellationToken) switch
        {
            (CancelOutcome.Canceled canceled, null) => Envelope.Ok(new CancelResponse(id, canceled.Status.ToText(), canceled.Addresses)),
            (_, { } problem) => problem,
            _ => throw new UnreachableException(),
        };

    public static async Task<Results<Ok<EmailCancelResponse>, Problem>> Account(
        string id, CancelStore store, HttpContext context, CancellationToken cancellationToken) =>
        await CancelAsync(id, "email", store, context, cancellationToken) switch
        {
            (CancelOutcome.Canceled, null) => TypedResults.Ok(new EmailCancelResponse(id, MessageStatus.Canceled.ToText())),
            (_, { } problem) => problem,
            _ => throw new UnreachableException(),
        };

    private static async Task<(CancelOutcome?, Problem?)> CancelAsync(
        string id, string what, CancelStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (!ReadMessages.TryRead(id, out var message))
            return (null, Problem.NotFound(what));
        return await store.CancelAsync(context.Caller().Organization, message, cancellationToken) switch
        {
            CancelOutcome.Canceled canceled => (canceled, null),
            CancelOutcome.TooLate(var status) => (null, new Problem(ProblemKind.Conflict, TextOf(status))),
            CancelOutcome.NotFound => (null, Problem.NotFound(what)),
            _ => throw new UnreachableException(),
        };
    }

    private static string TextOf(MessageStatus status) => status is MessageStatus.Queued or MessageStatus.Deferred
        ? "It is too late: the message is being delivered right now. Try again to cancel what is deferred."
        : $"There is nothing to cancel: the message is {status.ToText()}.";
}

/// <param name="Status">Of the message; not canceled where some of its recipients had it already.</param>
/// <param name="Canceled">The recipients that are canceled by this request.</param>
public sealed record CancelResponse(string Id, string Status, IReadOnlyList<string> Canceled);

public sealed record EmailCancelResponse(string Id, string Status);
