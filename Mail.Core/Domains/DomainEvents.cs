using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Organizations;

namespace Mail.Core.Domains;

/// <summary>The events of a domain.</summary>
internal static class DomainEvents
{
    public const string RecordsBroken = "records_broken";
    public const string ClaimedByAnother = "claimed_by_another_organization";
    public const string DisabledByOperator = "disabled_by_operator";
    private const string ResourceType = "domain";

    public static NewEvent Of(
        string type, OrganizationId organization, DomainId domain, string name, DomainStatus status, string? reason = null,
        IReadOnlyList<string>? records = null) =>
        new(organization, type, ResourceType, domain.Value, Data: JsonSerializer.Serialize(
            new DomainEventData(name, status.ToText(), reason, records), DomainJson.Default.DomainEventData));
}

/// <param name="Records">The required records that are not as they should be.</param>
internal sealed record DomainEventData(string Domain, string Status, string? Reason, IReadOnlyList<string>? Records);
