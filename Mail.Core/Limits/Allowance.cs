using Mail.Core.Billing;
using Mail.Core.Domains;
using Mail.Core.Messages;

namespace Mail.Core.Limits;

/// <summary>
/// What an organization may still send, as read a moment ago, less what this process has let pass since then. It lives for
/// a second, which makes it the measure of the limit per second too.
/// </summary>
internal sealed class Allowance(SendingState state, BillingOptions billing, LimitOptions limits)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<DomainId, long> _takenOfDomains = [];
    private long _taken;

    public SendingState State => state;

    /// <summary>Takes so many recipients; null when they may pass, and nothing is taken when they may not.</summary>
    public AcceptOutcome.Refusal? Take(DomainId domain, string domainName, int recipients)
    {
        lock (_lock)
        {
            if (Judge(domain, domainName, recipients) is { } refusal)
                return refusal;
            _taken += recipients;
            if (state.Domains.Any(held => held.Domain == domain))
                _takenOfDomains[domain] = _takenOfDomains.GetValueOrDefault(domain) + recipients;
            return null;
        }
    }

    /// <summary>What <see cref="Take"/> would answer. Nothing is taken.</summary>
    public AcceptOutcome.Refusal? Look(DomainId domain, string domainName, int recipients)
    {
        lock (_lock)
            return Judge(domain, domainName, recipients);
    }

    private AcceptOutcome.Refusal? Judge(DomainId domain, string domainName, int recipients) =>
        Check(_taken + recipients, recipients) ?? CheckDomain(domain, domainName, recipients);

    private AcceptOutcome.Refusal? Check(long taken, int recipients)
    {
        var bill = state.Billing;
        if (bill is { IsEnabled: true, HasPaymentMethod: false } && bill.Used + taken > billing.FreePerMonth)
            return new AcceptOutcome.PaymentRequired(billing.FreePerMonth);
        if (bill is { IsEnabled: true, SpendCapCents: { } cap } && Price.IsBeyond(bill.Used + taken, cap, billing))
            return new AcceptOutcome.SpendCapReached(cap);
        if (state.Standing == SenderStanding.Disabled)
            return new AcceptOutcome.SendingPaused(null);
        // A message with more recipients than a second has goes alone.
        if (EffectiveLimits.PerSecond(state, limits) is { } perSecond && taken > perSecond && taken > recipients)
            return new AcceptOutcome.QuotaExceeded(SendingQuota.PerSecond, perSecond, Second);
        if (EffectiveLimits.Hourly(state, limits) is { } hourly && state.HourUsed + taken > hourly)
            return new AcceptOutcome.QuotaExceeded(SendingQuota.Hourly, hourly, state.HourLeft);
        if (EffectiveLimits.Daily(state, limits) is { } daily && state.DayUsed + taken > daily)
            return new AcceptOutcome.QuotaExceeded(SendingQuota.Daily, daily, state.DayLeft);
        if (WarmUp.Of(state, limits) is { } warmUp && state.DayUsed + taken > warmUp.DailyCap)
            return new AcceptOutcome.QuotaExceeded(SendingQuota.WarmUp, warmUp.DailyCap, state.DayLeft);
        return null;
    }

    // Few organizations have domains that are held back, and those have few.
    private AcceptOutcome.Refusal? CheckDomain(DomainId domain, string domainName, int recipients)
    {
        foreach (var held in state.Domains)
        {
            if (held.Domain != domain)
                continue;
            if (held.Standing == SenderStanding.Disabled)
                return new AcceptOutcome.SendingPaused(domainName);
            var taken = _takenOfDomains.GetValueOrDefault(domain) + recipients;
            var hourly = EffectiveLimits.Throttled(state.Hourly ?? limits.Hourly, limits);
            if (held.HourUsed + taken > hourly)
                return new AcceptOutcome.QuotaExceeded(SendingQuota.Hourly, hourly, state.HourLeft);
        }
        return null;
    }
}

/// <summary>The limits of an organization: set for it, or configured, and a tenth of them while it is throttled.</summary>
public static class EffectiveLimits
{
    public static long? PerSecond(SendingState state, LimitOptions options) => Cut(state, state.PerSecond ?? options.PerSecond);

    public static long? Hourly(SendingState state, LimitOptions options) => state.Standing == SenderStanding.Throttled
        ? Throttled(state.Hourly ?? options.Hourly, options)
        : state.Hourly ?? options.Hourly;

    public static long? Daily(SendingState state, LimitOptions options) => Cut(state, state.Daily ?? options.Daily);

    internal static long Throttled(long? hourly, LimitOptions options) => hourly is { } limit ? Tenth(limit) : options.ThrottledHourly;

    private static long? Cut(SendingState state, long? limit) =>
        limit is { } whole && state.Standing == SenderStanding.Throttled ? Tenth(whole) : limit;

    private static long Tenth(long limit) => Math.Max(1, limit / 10);
}
