using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Core.Limits;
using Mail.Core.TrackedMail;

namespace Mail.Core.Messages;

/// <summary>
/// The checks before a message is stored, in the order in which they answer: sender's domain, the key's domain, billing,
/// sending limits and reputation, content. Suppression comes behind them and is decided at the commit.
/// </summary>
public sealed class AcceptChecks(SenderDomains domains, SendingGate gate, MessageRendering rendering, TrackingDefaults tracking)
{
    internal async ValueTask<CheckOutcome> RunAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var outcome = await AdmitAsync(caller, message, cancellationToken);
        if (outcome is not CheckOutcome.Passed admitted)
            return outcome;
        return await rendering.RenderAsync(caller, message, cancellationToken) switch
        {
            RenderOutcome.Rendered(var rendered) => admitted with
            {
                Message = await tracking.ApplyAsync(caller.Organization, admitted.Domain, rendered, cancellationToken),
            },
            RenderOutcome.Refused(var reason) => new CheckOutcome.Refused(reason),
            _ => throw new InvalidOperationException("No render outcome."),
        };
    }

    /// <summary>The checks that do not depend on the content: whether this caller may send this much from this domain now.</summary>
    internal async ValueTask<CheckOutcome> AdmitAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var senderDomain = message.From.Address.AsciiDomain;
        if (await domains.FindVerifiedAsync(caller.Organization, senderDomain, cancellationToken) is not { } domain)
            return new CheckOutcome.Refused(new AcceptOutcome.DomainNotVerified(senderDomain));
        if (caller.DomainRestriction is { } allowed && allowed != senderDomain)
            return new CheckOutcome.Refused(new AcceptOutcome.DomainNotAllowed(senderDomain, allowed));
        return await gate.PassAsync(caller, domain, senderDomain, message.Recipients.Count, cancellationToken) is { } refusal
            ? new CheckOutcome.Refused(refusal)
            : new CheckOutcome.Passed(message, domain);
    }
}

internal abstract record CheckOutcome
{
    private CheckOutcome()
    {
    }

    public sealed record Passed(OutgoingMessage Message, DomainId Domain) : CheckOutcome;

    public sealed record Refused(AcceptOutcome.Refusal Reason) : CheckOutcome;
}
