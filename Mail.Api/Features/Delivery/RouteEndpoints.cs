using System.Net;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Secrets;
using Mail.Protocol.Addresses;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Delivery;

/// <summary>Routes of the operator's choice, and the addresses that mail leaves from.</summary>
internal static class RouteEndpoints
{
    private const int MaxSourceName = 100;

    public static void MapRoutes(this RouteGroupBuilder delivery)
    {
        delivery.MapGet("/routes", ListRoutes);
        delivery.MapPut("/routes", SaveRoute);
        delivery.MapDelete("/routes", DeleteRoute);
    }

    public static void MapSources(this RouteGroupBuilder delivery)
    {
        delivery.MapGet("/sources", ListSources);
        delivery.MapPut("/sources/{name}", SaveSource);
        delivery.MapDelete("/sources/{name}", DeleteSource);
    }

    private static async Task<Ok<IReadOnlyList<RouteResponse>>> ListRoutes(RouteStore routes, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<RouteResponse>>([.. (await routes.ListAsync(cancellationToken)).Select(RouteResponse.Of)]);

    private static async Task<Ok<IReadOnlyList<RouteResponse>>> SaveRoute(
        Body<RouteRequest> body, RouteStore routes, CancellationToken cancellationToken)
    {
        var request = body.Value;
        await routes.SaveAsync(new RouteOverride(
            request.OrganizationId is { } id && PrefixedId.TryParse<OrganizationId>(id, out var organization) ? organization : null,
            DomainName.TryParse(request.Domain, out var domain) ? domain.Ascii : null, request.Relay, request.Tls, request.User,
            request.Password is { } password ? new Secret(password) : null, request.Pool), cancellationToken);
        return await ListRoutes(routes, cancellationToken);
    }

    private static async Task<Results<NoContent, Problem>> DeleteRoute(
        string? organizationId, string? domain, RouteStore routes, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var organization = query.Id<OrganizationId>("organizationId", organizationId);
        var name = query.Text("domain", domain);
        if (query.Problem is { } problem)
            return problem;
        return await routes.DeleteAsync(organization, DomainName.TryParse(name, out var parsed) ? parsed.Ascii : name, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.NotFound("route");
    }

    private static async Task<Ok<IReadOnlyList<SourceResponse>>> ListSources(SourceStore sources, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<SourceResponse>>([.. (await sources.ListAsync(cancellationToken)).Select(SourceResponse.Of)]);

    private static async Task<Results<Ok<SourceResponse>, Problem>> SaveSource(
        string name, Body<SourceRequest> body, SourceStore sources, CancellationToken cancellationToken)
    {
        if (ProblemOfSourceName(name) is { } wrong)
            return Problem.Validation("/name", FieldCodes.InvalidValue, wrong);
        var request = body.Value;
        DomainName.TryParse(request.EhloName, out var ehloName);
        var source = new DeliverySource(
            name, request.Pool ?? DeliverySource.DefaultPool, request.Address is { } address ? IPAddress.Parse(address) : null,
            ehloName!.Ascii, request.Weight ?? 1, request.WarmupDay);
        await sources.SaveAsync(source, cancellationToken);
        return TypedResults.Ok(SourceResponse.Of(source));
    }

    internal static string? ProblemOfSourceName(string name) =>
        name.Length > MaxSourceName || string.IsNullOrWhiteSpace(name) || LineText.HasControl(name)
            ? $"A name has 1 to {MaxSourceName} characters and no control characters."
            : null;

    private static async Task<Results<NoContent, Problem>> DeleteSource(
        string name, SourceStore sources, CancellationToken cancellationToken) =>
        await sources.DeleteAsync(name, cancellationToken) ? TypedResults.NoContent() : Problem.NotFound("source");
}
