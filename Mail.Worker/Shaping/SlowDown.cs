namespace Mail.Worker.Shaping;

/// <summary>Something goes slower for a while, and grows back behind it.</summary>
/// <param name="Factor">The part of the usual speed that is left.</param>
/// <param name="Until">When it begins to grow back; null: when an operator, or reputation, ends it.</param>
internal sealed record SlowDown(double Factor, string Reason, DateTimeOffset? Until)
{
    /// <summary>How long the slowest takes to be as quick as before, at most.</summary>
    public static readonly TimeSpan LongestRecovery = TimeSpan.FromMinutes(10);

    private const double AfterSuspension = 0.25;
    private const double Growth = 1.5;
    private static readonly TimeSpan GrowthInterval = TimeSpan.FromSeconds(30);

    /// <summary>What got nothing begins slowly.</summary>
    public static SlowDown After(string reason, DateTimeOffset suspendedUntil) => new(AfterSuspension, reason, suspendedUntil);

    public double FactorAt(DateTimeOffset now) => Until is not { } until || now < until
        ? Factor
        : Math.Min(1, Factor * Math.Pow(Growth, Math.Floor((now - until) / GrowthInterval)));
}
