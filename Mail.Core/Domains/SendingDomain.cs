using Mail.Core.Domains.Records;
using Mail.Core.Organizations;
using Mail.Core.Tls;
using Mail.Protocol.Addresses;

namespace Mail.Core.Domains;

/// <summary>A domain that an organization sends from, or wants to.</summary>
public sealed record SendingDomain
{
    public required OrganizationId Organization { get; init; }

    public required DomainId Id { get; init; }

    /// <summary>In A-labels, lower case.</summary>
    public required string Name { get; init; }

    public required DomainStatus Status { get; init; }

    /// <summary>Null unless it is disabled.</summary>
    public DisabledReason? DisabledReason { get; init; }

    /// <summary>The label before the name under which bounces come back.</summary>
    public required string MailFromSubdomain { get; init; }

    /// <summary>The host that links and images of this domain's mail point to; null for that of the installation.</summary>
    public string? TrackingHost { get; init; }

    public required bool TrackOpens { get; init; }

    public required bool TrackClicks { get; init; }

    /// <summary>What its mail needs, whatever the message says.</summary>
    public required TlsRequirement Tls { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    public DateTimeOffset? LastCheckedAt { get; init; }

    public required IReadOnlyList<DkimSelector> Keys { get; init; }

    /// <summary>What the last check found; empty before the first.</summary>
    public required IReadOnlyList<RecordCheck> Checks { get; init; }

    public string MailFromHost => $"{MailFromSubdomain}.{Name}";

    /// <summary>A text as a host that can track for this domain, or null: one under it that nothing else is at.</summary>
    public string? TrackingHostOf(string text) =>
        DomainName.TryParse(text, out var host) && host.Ascii != Name && SendingDomainName.IsAtOrBelow(host.Ascii, Name)
            && !SendingDomainName.IsAtOrBelow(host.Ascii, MailFromHost)
            ? host.Ascii
            : null;
}

/// <summary>A signing key as it is published.</summary>
/// <param name="RetiresAt">Until when its record should stay; null for a key that signs or waits for its record.</param>
public sealed record DkimSelector(string Selector, string PublicRecord, bool IsActive, DateTimeOffset? RetiresAt)
{
    /// <summary>Made by a rotation and not seen in DNS yet.</summary>
    public bool IsPending => !IsActive && RetiresAt is null;
}

/// <summary>How links and opens of a domain's mail are followed unless a message says otherwise.</summary>
/// <param name="Host">The domain's own tracking host, once its record is verified.</param>
public sealed record DomainTracking(bool Opens, bool Clicks, string? Host);
