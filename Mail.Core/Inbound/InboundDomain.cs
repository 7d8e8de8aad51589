using Mail.Core.Domains.Records;
using Mail.Core.Organizations;

namespace Mail.Core.Inbound;

/// <summary>A domain that an organization receives mail for.</summary>
public sealed record InboundDomain(
    OrganizationId Organization, InboundDomainId Id, string Name, InboundDomainStatus Status, IReadOnlyList<RecordCheck> Checks,
    DateTimeOffset CreatedAt, DateTimeOffset? VerifiedAt, DateTimeOffset? LastCheckedAt);

public enum InboundDomainStatus
{
    /// <summary>Its records were never all there.</summary>
    Pending,

    /// <summary>It takes mail.</summary>
    Verified,

    /// <summary>Its records are gone, and so it takes none any more.</summary>
    Failed,
}

public static class InboundDomainStatusText
{
    public static string ToText(this InboundDomainStatus status) => status switch
    {
        InboundDomainStatus.Pending => "pending",
        InboundDomainStatus.Verified => "verified",
        InboundDomainStatus.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static InboundDomainStatus Parse(string text) => text switch
    {
        "pending" => InboundDomainStatus.Pending,
        "verified" => InboundDomainStatus.Verified,
        "failed" => InboundDomainStatus.Failed,
        _ => throw new FormatException(text),
    };
}
