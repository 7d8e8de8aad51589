using Mail.Core.Queue;

namespace Mail.Core.Organizations;

/// <summary>
/// Stops an organization and lets it go on: its keys answer 403, and what it has queued stays where it is until then.
/// Both steps may be repeated.
/// </summary>
public sealed class SuspendOrganization(OrganizationStore organizations, HoldStore holds)
{
    private const string Reason = "The organization is suspended.";

    /// <summary>Null when there is no such organization.</summary>
    public async Task<OrganizationDetails?> SuspendAsync(OrganizationId organization, CancellationToken cancellationToken)
    {
        var details = await organizations.SetSuspendedAsync(organization, suspended: true, cancellationToken);
        if (details is not null)
            await holds.PlaceAsync([new(HoldScope.Organization, organization.ToString(), false, Reason, null)], cancellationToken);
        return details;
    }

    /// <summary>Null when there is no such organization. Ends holds on its mail too, whoever placed them.</summary>
    public async Task<OrganizationDetails?> ResumeAsync(OrganizationId organization, CancellationToken cancellationToken)
    {
        var details = await organizations.SetSuspendedAsync(organization, suspended: false, cancellationToken);
        if (details is not null)
            await holds.LiftAsync(HoldScope.Organization, organization.ToString(), cancellationToken);
        return details;
    }
}
