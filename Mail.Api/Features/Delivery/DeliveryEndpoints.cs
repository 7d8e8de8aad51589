using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Tls;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Delivery;

/// <summary>What an operator asks and tells the delivery: the queue with its reasons, suspend and resume, end and repeat, explain and trace.</summary>
internal static class DeliveryEndpoints
{
    private const int MaxGroups = 1000;
    private const int DefaultGroups = 100;
    /// <summary>Items changed by one request at most: it is answered in seconds, and asked again for the rest.</summary>
    internal const int MaxChanged = 10_000;

    public static void MapDelivery(this RouteGroupBuilder operatorOnly)
    {
        var delivery = operatorOnly.MapGroup("/delivery");
        delivery.MapGet("/queue", Queue);
        delivery.MapGet("/holds", ListHolds);
        delivery.MapPost("/suspend", Suspend);
        delivery.MapPost("/resume", Resume);
        delivery.MapPost("/bounce", Bounce);
        delivery.MapPost("/requeue", Requeue);
        delivery.MapGet("/explain", Explain);
        delivery.MapGet("/messages/{id}", Trace);
        delivery.MapRoutes();
        delivery.MapSources();
    }

    private static async Task<Results<Ok<DeliveryQueueResponse>, Problem>> Queue(
        string? limit, QueueOperationsStore operations, HoldStore holds, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var groups = query.Number("limit", limit, 1, MaxGroups) ?? DefaultGroups;
        if (query.Problem is { } problem)
            return problem;
        var queues = await operations.ByDestinationAsync(groups, cancellationToken);
        var inForce = await holds.ListAsync(cancellationToken);
        var states = await operations.StatesAsync(null, cancellationToken);
        var byName = states.ToLookup(state => state.State.Destination, state => state.State);
        return TypedResults.Ok(new DeliveryQueueResponse(
            [.. queues.Select(queue => DestinationQueueResponse.Of(queue, inForce, byName))], [.. inForce.Select(HoldResponse.Of)],
            [.. states.Select(state => DestinationStateResponse.Of(state.Worker, state.State))]));
    }

    private static async Task<Ok<IReadOnlyList<HoldResponse>>> ListHolds(HoldStore holds, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<HoldResponse>>([.. (await holds.ListAsync(cancellationToken)).Select(HoldResponse.Of)]);

    private static async Task<Results<Ok<IReadOnlyList<HoldResponse>>, Problem>> Suspend(
        Body<HoldRequest> body, HoldStore holds, CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (string.IsNullOrWhiteSpace(request.Reason))
            return Problem.Validation("/reason", FieldCodes.Required, "reason is required: whoever asks why mail waits reads it.");
        await holds.PlaceAsync(
            [new(HoldScopeText.TryParse(request.Scope!)!.Value, NameOf(request), false, request.Reason, request.For?.Value, request.Speed)], cancellationToken);
        return await ListHolds(holds, cancellationToken);
    }

    private static async Task<Results<Ok<IReadOnlyList<HoldResponse>>, Problem>> Resume(
        Body<HoldRequest> body, HoldStore holds, CancellationToken cancellationToken) =>
        await holds.LiftAsync(HoldScopeText.TryParse(body.Value.Scope!)!.Value, NameOf(body.Value), cancellationToken)
            ? await ListHolds(holds, cancellationToken)
            : Problem.NotFound("hold");

    private static async Task<Results<Ok<QueueChangeResponse>, Problem>> Bounce(
        Body<QueueFilterRequest> body, EndQueued end, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body.Value.Reason))
            return Problem.Validation("/reason", FieldCodes.Required, "reason is required: senders read it.");
        return TypedResults.Ok(new QueueChangeResponse(
            await end.RunAsync(FilterOf(body.Value), body.Value.Reason, MaxChanged, cancellationToken)));
    }

    private static async Task<Ok<QueueChangeResponse>> Requeue(
        Body<QueueFilterRequest> body, QueueOperationsStore operations, CancellationToken cancellationToken) =>
        TypedResults.Ok(new QueueChangeResponse(await operations.RequeueAsync(FilterOf(body.Value), MaxChanged, cancellationToken)));

    private static async Task<Results<Ok<RecipientExplanationResponse>, Problem>> Explain(
        string? recipient, string? organizationId, ExplainRecipient explain, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var address = query.Email("recipient", recipient);
        var organization = query.Id<OrganizationId>("organizationId", organizationId);
        if (query.Problem is { } problem)
            return problem;
        if (address is null)
            return Problem.Validation("?recipient", FieldCodes.Required, "recipient is required.");
        var explained = await explain.RunAsync(organization, address.AsciiDomain, SendingMode.Live, TlsRequirement.Opportunistic, cancellationToken);
        return TypedResults.Ok(RecipientExplanationResponse.Of(address.Address, explained));
    }

    private static async Task<Results<Ok<MessageTraceResponse>, Problem>> Trace(
        string id, QueueOperationsStore operations, MessageStore messages, CancellationToken cancellationToken)
    {
        if (!PrefixedId.TryParse<MessageId>(id, out var message)
            || await operations.OwnerOfAsync(message, cancellationToken) is not { } owner)
            return Problem.NotFound("message");
        var items = await operations.OfMessageAsync(message, cancellationToken);
        var attempts = await messages.AttemptsAsync(owner, message, cancellationToken);
        return TypedResults.Ok(new MessageTraceResponse(
            id, owner.ToString(), [.. items.Select(QueueItemResponse.Of)], [.. (attempts ?? []).Select(AttemptResponse.Of)]));
    }

    private static string NameOf(HoldRequest request) =>
        request.Scope == "domain" && Protocol.Addresses.DomainName.TryParse(request.Name, out var domain) ? domain.Ascii : request.Name!;

    private static QueueFilter FilterOf(QueueFilterRequest request) => new(
        PrefixedId.TryParse<OrganizationId>(request.OrganizationId, out var organization) ? organization : null,
        Protocol.Addresses.DomainName.TryParse(request.Domain, out var domain) ? domain.Ascii : null, request.Destination,
        PrefixedId.TryParse<MessageId>(request.MessageId, out var message) ? message : null);
}
