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
            case AcceptOutcome.Refusal refusal:
                return new(null, SendRefusals.Of(refusal));
            default:
                throw new UnreachableException();
        }
    }
}
