using Mail.Core.ApiKeys;
using Mail.Core.Billing;
using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Microsoft.Extensions.Options;

namespace Mail.Core.Limits;

/// <summary>
/// Billing, sending limits and reputation, in this order. They are judged by what was read within the last second and what
/// this process let pass since: no message costs a query. An organization can therefore go beyond a limit by what the
/// other processes accept of it within that second, and by what is being committed when it is read anew.
/// </summary>
public sealed class SendingGate(
    SendingStateStore states, BillingStore billing, IOptions<BillingOptions> prices, IOptions<LimitOptions> limits, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private const int Capacity = 100_000;

    private readonly ExpiringCache<OrganizationId, Allowance> _allowances = new(clock, Lifetime, Capacity);

    /// <summary>Null when so many recipients may be sent to. Mail of test keys always may.</summary>
    internal async ValueTask<AcceptOutcome.Refusal?> PassAsync(
        Caller caller, DomainId domain, string domainName, int recipients, CancellationToken cancellationToken)
    {
        if (caller.Mode != SendingMode.Live)
            return null;
        var allowance = await _allowances.GetAsync(caller.Organization, LoadAsync, cancellationToken);
        var refusal = allowance.Take(domain, domainName, recipients);
        if (refusal is AcceptOutcome.SpendCapReached reached && !allowance.State.Billing.IsNoticed)
            await billing.NoteCapReachedAsync(caller.Organization, allowance.State.Billing.Period, reached.CapCents, cancellationToken);
        return refusal;
    }

    /// <summary>What <see cref="PassAsync"/> would answer; nothing is counted or told.</summary>
    internal async ValueTask<AcceptOutcome.Refusal?> LookAsync(
        Caller caller, DomainId domain, string domainName, int recipients, CancellationToken cancellationToken)
    {
        if (caller.Mode != SendingMode.Live)
            return null;
        var allowance = await _allowances.GetAsync(caller.Organization, LoadAsync, cancellationToken);
        return allowance.Look(domain, domainName, recipients);
    }

    /// <summary>Reads anew for the next message, after a change that the caller made.</summary>
    public void Forget(OrganizationId organization) => _allowances.Remove(organization);

    private async Task<Allowance> LoadAsync(OrganizationId organization, CancellationToken cancellationToken) =>
        new(await states.ReadAsync(organization, complete: false, cancellationToken), prices.Value, limits.Value);
}
