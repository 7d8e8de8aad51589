namespace Mail.Core.Domains;

/// <summary>What a check says about a domain as a whole.</summary>
public enum CheckVerdict
{
    /// <summary>Every required record is there.</summary>
    Good,

    /// <summary>A required record is missing or wrong.</summary>
    Broken,

    /// <summary>DNS did not answer: nothing is known.</summary>
    Unknown,
}

/// <param name="IsVouched">The operator says that the domain is verified; nobody checks it.</param>
/// <param name="RotatingSince">Since when a new key waits for its record; null when none does.</param>
internal sealed record DomainState(
    DomainStatus Status, DateTimeOffset PendingSince, int Failures, DateTimeOffset? FailingSince, bool IsVouched, DateTimeOffset? RotatingSince);

/// <param name="NextCheck">When to look again; null for never.</param>
internal sealed record DomainTransition(DomainStatus Status, int Failures, DateTimeOffset? FailingSince, TimeSpan? NextCheck);

/// <summary>When domains are checked, and what becomes of them. No clock of its own: the time given is the database's.</summary>
internal static class DomainCheckRules
{
    /// <summary>While somebody is likely to be publishing records.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan SoonFor = TimeSpan.FromHours(72);
    public static readonly TimeSpan Daily = TimeSpan.FromDays(1);

    /// <summary>Three failures of a verified domain at this interval are a day apart.</summary>
    public static readonly TimeSpan WhileFailing = TimeSpan.FromHours(12);
    public static readonly TimeSpan WhileUnknown = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan FailsAfter = TimeSpan.FromHours(24);
    public const int FailsAfterChecks = 3;

    public static DomainTransition Next(DomainState state, CheckVerdict verdict, DateTimeOffset now)
    {
        if (state.IsVouched)
            return new DomainTransition(state.Status, 0, null, null);
        var next = state.Status switch
        {
            DomainStatus.Disabled => new DomainTransition(state.Status, 0, null, null),
            DomainStatus.Verified => OfVerified(state, verdict, now),
            _ when verdict == CheckVerdict.Good => Verified,
            DomainStatus.Pending => new DomainTransition(DomainStatus.Pending, 0, null, SoonSince(state.PendingSince, now) ? Soon : Daily),
            DomainStatus.Failed => new DomainTransition(DomainStatus.Failed, 0, null, Daily),
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
        return next.NextCheck > Soon && state.RotatingSince is { } since && SoonSince(since, now) ? next with { NextCheck = Soon } : next;
    }

    private static DomainTransition Verified => new(DomainStatus.Verified, 0, null, Daily);

    private static DomainTransition OfVerified(DomainState state, CheckVerdict verdict, DateTimeOffset now)
    {
        switch (verdict)
        {
            case CheckVerdict.Good:
                return Verified;
            case CheckVerdict.Unknown:
                return new DomainTransition(DomainStatus.Verified, state.Failures, state.FailingSince, WhileUnknown);
            default:
                var (failures, since) = (state.Failures + 1, state.FailingSince ?? now);
                return failures >= FailsAfterChecks && now - since >= FailsAfter
                    ? new DomainTransition(DomainStatus.Failed, 0, null, Daily)
                    : new DomainTransition(DomainStatus.Verified, failures, since, WhileFailing);
        }
    }

    private static bool SoonSince(DateTimeOffset since, DateTimeOffset now) => now - since < SoonFor;
}
