using System.Text.Json.Serialization;
using Mail.Api.Http.Json;
using Mail.Core.Organizations;
using Mail.Core.Queue;

namespace Mail.Api.Features.Operator;

/// <param name="OldestDueSeconds">How long the oldest item is due that no worker has taken; null when nothing is due.</param>
/// <param name="Groups">The largest groups first.</param>
public sealed record QueueResponse(long? OldestDueSeconds, IReadOnlyList<QueueGroup> Groups);

/// <param name="OldestSeconds">Time since the oldest of them was accepted.</param>
public sealed record QueueGroup(string State, string OrganizationId, string Organization, string Domain, long Items, long OldestSeconds)
{
    public static QueueGroup Of(QueueCount count) => new(
        count.State, count.Organization.ToString(), count.OrganizationName, count.Domain, count.Items, (long)count.Oldest.TotalSeconds);
}

public sealed record OrganizationPage(IReadOnlyList<OrganizationResponse> Data, string? NextCursor, bool HasMore);

/// <param name="Status"><c>active</c> or <c>suspended</c>.</param>
public sealed record OrganizationResponse(
    string Id, string Name, string Status, long ActiveKeys, DateTimeOffset CreatedAt, DateTimeOffset? SuspendedAt)
{
    public static OrganizationResponse Of(OrganizationDetails organization) => new(
        organization.Id.ToString(), organization.Name, organization.IsSuspended ? "suspended" : "active", organization.ActiveKeys,
        organization.CreatedAt, organization.SuspendedAt);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(QueueResponse))]
[JsonSerializable(typeof(OrganizationPage))]
[JsonSerializable(typeof(OrganizationResponse))]
internal sealed partial class OperatorJson : JsonSerializerContext;
