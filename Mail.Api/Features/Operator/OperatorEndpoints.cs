using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Operator;

/// <summary>What the operator of the service sees and does, across organizations. Never with an API key.</summary>
internal static class OperatorEndpoints
{
    private const int MaxGroups = 1000;
    private const int DefaultGroups = 100;

    public static IServiceCollection AddOperator(this IServiceCollection services) => services.AddBodies(OperatorJson.Default);

    public static void MapOperator(this RouteGroupBuilder operatorOnly)
    {
        operatorOnly.MapGet("/queue", Queue);
        operatorOnly.MapGet("/organizations", List);
        operatorOnly.MapGet("/organizations/{id}", Get);
        operatorOnly.MapPost("/organizations/{id}/suspend", Suspend);
        operatorOnly.MapPost("/organizations/{id}/resume", Resume);
    }

    private static async Task<Results<Ok<QueueResponse>, Problem>> Queue(string? limit, QueueStatusStore queue, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var groups = query.Number("limit", limit, 1, MaxGroups) ?? DefaultGroups;
        if (query.Problem is { } problem)
            return problem;
        var oldest = await queue.OldestDueAsync(cancellationToken);
        var counts = await queue.CountAsync(groups, cancellationToken);
        return TypedResults.Ok(new QueueResponse((long?)oldest?.TotalSeconds, [.. counts.Select(QueueGroup.Of)]));
    }

    private static async Task<Results<Ok<OrganizationPage>, Problem>> List(
        string? cursor, string? limit, OrganizationStore organizations, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var page = query.Page<OrganizationId>(cursor, limit);
        if (query.Problem is { } problem)
            return problem;
        var found = await organizations.ListAsync(page.After, page.Fetch, cancellationToken);
        var shown = found.Take(page.Limit).Select(OrganizationResponse.Of).ToList();
        var hasMore = found.Count > page.Limit;
        return TypedResults.Ok(new OrganizationPage(shown, hasMore ? shown[^1].Id : null, hasMore));
    }

    private static async Task<Results<Ok<OrganizationResponse>, Problem>> Get(
        string id, OrganizationStore organizations, CancellationToken cancellationToken) =>
        Answer(PrefixedId.TryParse<OrganizationId>(id, out var organization) ? await organizations.FindAsync(organization, cancellationToken) : null);

    private static async Task<Results<Ok<OrganizationResponse>, Problem>> Suspend(
        string id, SuspendOrganization suspend, CancellationToken cancellationToken) =>
        Answer(PrefixedId.TryParse<OrganizationId>(id, out var organization) ? await suspend.SuspendAsync(organization, cancellationToken) : null);

    private static async Task<Results<Ok<OrganizationResponse>, Problem>> Resume(
        string id, SuspendOrganization suspend, CancellationToken cancellationToken) =>
        Answer(PrefixedId.TryParse<OrganizationId>(id, out var organization) ? await suspend.ResumeAsync(organization, cancellationToken) : null);

    private static Results<Ok<OrganizationResponse>, Problem> Answer(OrganizationDetails? organization) =>
        organization is null ? Problem.NotFound("organization") : TypedResults.Ok(OrganizationResponse.Of(organization));
}
