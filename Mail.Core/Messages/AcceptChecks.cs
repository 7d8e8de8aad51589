using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Core.Limits;
using Mail.Core.Organizations;
using Mail.Core.Sandbox;
using Mail.Core.Suppressions;
using Mail.Core.TrackedMail;

namespace Mail.Core.Messages;

/// <summary>
/// The checks before a message is stored, in the order in which they answer: sender's domain, the key's domain, billing,
/// sending limits and reputation, content. Suppression comes behind them and is decided at the commit.
/// </summary>
public sealed class AcceptChecks(
    SenderDomains domains, SendingGate gate, MessageRendering rendering, TrackingDefaults tracking, SuppressionStore suppressions,
    SandboxDomain sandbox)
{
    internal ValueTask<CheckOutcome> RunAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken) =>
        RunAsync(caller, message, gate.PassAsync, cancellationToken);

    /// <summary>The same checks without counting the message anywhere.</summary>
    internal ValueTask<CheckOutcome> LookAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken) =>
        RunAsync(caller, message, gate.LookAsync, cancellationToken);

    /// <summary>The checks that do not depend on the content: whether this caller may send this much from this domain now.</summary>
    internal ValueTask<CheckOutcome> AdmitAsync(Caller caller, OutgoingMessage message, CancellationToken cancellationToken) =>
        AdmitAsync(caller, message, gate.PassAsync, cancellationToken);

    /// <summary>The recipients that would get nothing if the message were stored now.</summary>
    internal async Task<IReadOnlyList<OutgoingRecipient>> FindSuppressedAsync(
        OrganizationId organization, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var found = await suppressions.FindKeysAsync(
            organization, [.. message.Recipients.Select(recipient => AddressKey.Of(recipient.Mailbox.Address))], cancellationToken);
        return [.. message.Recipients.Where(recipient => found.Contains(AddressKey.Of(recipient.Mailbox.Address)))];
    }

    private async ValueTask<CheckOutcome> RunAsync(
        Caller caller, OutgoingMessage message, GateQuestion question, CancellationToken cancellationToken)
    {
        var outcome = await AdmitAsync(caller, message, question, cancellationToken);
        if (outcome is not CheckOutcome.Passed admitted)
            return outcome;
        return await rendering.RenderAsync(caller, admitted.Message, cancellationToken) switch
        {
            RenderOutcome.Rendered(var rendered) => admitted with
            {
                Message = await tracking.ApplyAsync(caller.Organization, admitted.Domain, rendered, cancellationToken),
            },
            RenderOutcome.Refused(var reason) => new CheckOutcome.Refused(reason),
            _ => throw new InvalidOperationException("No render outcome."),
        };
    }

    private async ValueTask<CheckOutcome> AdmitAsync(
        Caller caller, OutgoingMessage message, GateQuestion question, CancellationToken cancellationToken)
    {
        var senderDomain = message.From.Address.AsciiDomain;
        if (await domains.FindVerifiedAsync(caller.Organization, senderDomain, cancellationToken) is not { } domain)
            return new CheckOutcome.Refused(new AcceptOutcome.DomainNotVerified(senderDomain));
        if (caller.DomainRestriction is { } allowed && allowed != senderDomain)
            return new CheckOutcome.Refused(new AcceptOutcome.DomainNotAllowed(senderDomain, allowed));
        message = sandbox.Mark(message);
        var counted = message.Recipients.Count(recipient => !recipient.IsSandbox);
        return await question(caller, domain, senderDomain, counted, cancellationToken) is { } refusal
            ? new CheckOutcome.Refused(refusal)
            : new CheckOutcome.Passed(message, domain);
    }

    private delegate ValueTask<AcceptOutcome.Refusal?> GateQuestion(
        Caller caller, DomainId domain, string domainName, int recipients, CancellationToken cancellationToken);
}

internal abstract record CheckOutcome
{
    private CheckOutcome()
    {
    }

    public sealed record Passed(OutgoingMessage Message, DomainId Domain) : CheckOutcome;

    public sealed record Refused(AcceptOutcome.Refusal Reason) : CheckOutcome;
}
