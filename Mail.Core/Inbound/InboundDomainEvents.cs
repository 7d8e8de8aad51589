using System.Text.Json;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Events;

namespace Mail.Core.Inbound;

/// <summary>The events of an inbound domain.</summary>
internal static class InboundDomainEvents
{
    /// <summary>What to tell when a check moved it from one status to another; null for nothing.</summary>
    public static NewEvent? Of(InboundDomain domain, InboundDomainStatus before, InboundDomainStatus after, InboundDomainFindings findings) =>
        (before, after) switch
        {
            _ when before == after => null,
            (_, InboundDomainStatus.Verified) => Of(EventTypes.InboundDomainVerified, domain, after, null, null),
            (_, InboundDomainStatus.Failed) => Of(EventTypes.InboundDomainFailed, domain, after, DomainEvents.RecordsBroken,
                [.. findings.Checks.Where(check => check.Status != RecordStatus.Verified).Select(check => check.Purpose.ToText())]),
            _ => null,
        };

    private static NewEvent Of(string type, InboundDomain domain, InboundDomainStatus status, string? reason, IReadOnlyList<string>? records) => new(
        domain.Organization, type, EventResources.InboundDomain, domain.Id.Value, Data: JsonSerializer.Serialize(
            new DomainEventData(domain.Name, status.ToText(), reason, records), DomainJson.Default.DomainEventData));
}
