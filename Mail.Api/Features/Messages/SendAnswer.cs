using System.Diagnostics;
using Mail.Api.Http;
using Mail.Core.Messages;

namespace Mail.Api.Features.Messages;

/// <summary>What a send answers: the one place where outcomes become HTTP.</summary>
internal readonly record struct SendAnswer(SendMessageResponse? Response, Problem? Problem)
{
    public static SendAnswer Of(AcceptOutcome outcome, HttpContext context)
    {
        switch (outcome)
        {
            case AcceptOutcome.Accepted accepted:
                RequestTrace.Tag(accepted.Id);
                return new(new SendMessageResponse(accepted.Id.ToString(), accepted.Status.ToText(), "created"), null);
            case AcceptOutcome.Replayed replayed:
                RequestTrace.Tag(replayed.Id);
                context.Response.Headers[IdempotencyKeys.ReplayedHeader] = "true";
                return new(new SendMessageResponse(replayed.Id.ToString(), replayed.Status.ToText(), "replayed"), null);
            case AcceptOutcome.IdempotencyConflict conflict:
                return Refuse(new Problem(ProblemKind.IdempotencyConflict,
                    $"The idempotency key '{conflict.Key}' was used with another body within the last 24 hours."));
            case AcceptOutcome.DomainNotVerified missing:
                return Refuse(new Problem(ProblemKind.DomainNotVerified,
                    $"The domain '{missing.Domain}' is not a verified sending domain of your organization.")
                {
                    Errors = [new FieldError("/from", "domain_not_verified", $"'{missing.Domain}' is not verified.")],
                });
            case AcceptOutcome.DomainNotAllowed other:
                return Refuse(new Problem(ProblemKind.Forbidden, $"This API key may send from '{other.Allowed}' only, not from '{other.Domain}'."));
            case AcceptOutcome.Overloaded:
                return Refuse(Problem.Unavailable("Too many messages are waiting to be stored. Try again."));
            default:
                throw new UnreachableException();
        }
    }

    private static SendAnswer Refuse(Problem problem) => new(null, problem);
}
