using System.Diagnostics;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Tls;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Delivery;

/// <summary><c>POST /v1/mail/explain</c>: what would become of a send, without sending it or storing anything.</summary>
internal sealed class ExplainSending(AcceptMessages messages, ExplainRecipient explain, DomainStore senders)
{
    public static void Map(RouteGroupBuilder mail) => mail
        .MapPost("/explain", Handle).RequireScope(Scopes.EmailsSend)
        .Describe("mail.explain", "Tells what would become of a message, and why. Nothing is stored or sent.");

    private static async Task<Ok<Envelope<SendExplanation>>> Handle(
        Body<SendMessageRequest> body, ExplainSending sending, HttpContext context, CancellationToken cancellationToken) =>
        Envelope.Ok(await sending.RunAsync(context.Caller(), body.Value, cancellationToken));

    public async Task<SendExplanation> RunAsync(Caller caller, SendMessageRequest request, CancellationToken cancellationToken)
    {
        var message = OutgoingMessages.From(request, idempotency: null);
        switch (await messages.PrepareAsync(caller, message, cancellationToken))
        {
            case PrepareOutcome.Prepared prepared:
                return new SendExplanation(true, null, Key(caller), prepared.Message.From.Address.AsciiDomain, prepared.Message.Subject,
                    await RecipientsAsync(caller, prepared, cancellationToken));
            case PrepareOutcome.Refused(var reason):
                var problem = SendRefusals.Of(reason);
                return new SendExplanation(false, new SendRefusal(problem.Kind.Code, problem.Detail, problem.Errors), Key(caller),
                    message.From.Address.AsciiDomain, message.Subject, []);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<IReadOnlyList<RecipientOutlook>> RecipientsAsync(
        Caller caller, PrepareOutcome.Prepared prepared, CancellationToken cancellationToken)
    {
        var domains = prepared.Message.Recipients.Select(recipient => recipient.Mailbox.Address.AsciiDomain).Distinct();
        var sender = await senders.FindAsync(caller.Organization, prepared.Domain, cancellationToken);
        var tls = (prepared.Message.Tls ?? TlsRequirement.Opportunistic).And(sender?.Tls ?? TlsRequirement.Opportunistic);
        var explained = await Task.WhenAll(domains.Select(domain =>
            explain.RunAsync(caller.Organization, domain, caller.Mode, tls, cancellationToken)));
        var byDomain = explained.ToDictionary(explanation => explanation.Domain);
        return [.. prepared.Message.Recipients.Select(recipient => RecipientOutlook.Of(
            recipient, prepared.Suppressed.Contains(recipient), byDomain[recipient.Mailbox.Address.AsciiDomain]))];
    }

    private static SenderKey Key(Caller caller) => new(caller.Mode.ToText(), caller.DomainRestriction);
}

/// <param name="WouldAccept">The same request to <c>/send</c> would answer 202.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Subject">As it would be sent: rendered.</param>
public sealed record SendExplanation(
    bool WouldAccept, SendRefusal? Refusal, SenderKey Key, string SenderDomain, string Subject, IReadOnlyList<RecipientOutlook> Recipients);

public sealed record SendRefusal(string Code, string Message, IReadOnlyList<FieldError> Errors);

/// <param name="Mode"><c>live</c>, or <c>test</c>: delivered to the dev inbox.</param>
/// <param name="DomainRestriction">The only domain that the key may send from.</param>
public sealed record SenderKey(string Mode, string? DomainRestriction);

/// <param name="Route"><c>mx</c>, <c>implicit_mx</c>, <c>relay</c>, <c>smarthost</c>, <c>capture</c>, <c>sandbox</c>, or <c>none</c>.</param>
/// <param name="WaitsFor">What keeps it from being sent at once.</param>
/// <param name="EstimatedFirstAttempt">Null when it would not be attempted.</param>
public sealed record RecipientOutlook(
    string Address, string Kind, bool Suppressed, string Route, string? Problem, IReadOnlyList<RouteHostResponse> Hosts, string Tls,
    string? Provider, IReadOnlyList<string> WaitsFor, DateTimeOffset? EstimatedFirstAttempt)
{
    // The names of relays, sources and workers are the operator's business.
    public static RecipientOutlook Of(OutgoingRecipient recipient, bool suppressed, RecipientExplanation explained) => new(
        recipient.Mailbox.Address.Address, recipient.Kind.ToString().ToLowerInvariant(), suppressed, explained.Route, explained.Problem,
        [.. explained.Hosts.Select(RouteHostResponse.Of)], explained.Tls, explained.Destination?.Provider,
        [
            .. explained.Holds.Select(hold => hold.Scope == HoldScope.Organization ? "sending of your organization is on hold" : hold.Reason),
            .. explained.States.Select(state => state.Reason).OfType<string>().Distinct(),
        ],
        suppressed ? null : explained.EstimatedFirstAttempt);
}
