namespace Mail.Core.Reputation;

/// <summary>What the bounces and complaints of a time say of a sender.</summary>
/// <param name="Score">100 is faultless, 0 is what stops a sender.</param>
public sealed record ReputationVerdict(ReputationStatus Status, int Score, double BounceRate, double ComplaintRate)
{
    // Worst first.
    private static readonly (ReputationStatus Status, double Bounces, double Complaints)[] _thresholds =
    [
        (ReputationStatus.Disabled, 0.10, 0.005), (ReputationStatus.Throttled, 0.05, 0.003), (ReputationStatus.Watch, 0.02, 0.001),
    ];

    public static ReputationVerdict Of(long sent, long hardBounced, long complained, long leastSent)
    {
        if (sent == 0)
            return new ReputationVerdict(ReputationStatus.Healthy, 100, 0, 0);
        var (bounces, complaints) = (Math.Min(1, (double)hardBounced / sent), Math.Min(1, (double)complained / sent));
        if (sent < leastSent)
            return new ReputationVerdict(ReputationStatus.Healthy, 100, bounces, complaints);
        var (_, most, mostComplaints) = _thresholds[0];
        var score = (int)Math.Round(100 * (1 - Math.Min(1, Math.Max(bounces / most, complaints / mostComplaints))));
        var status = _thresholds.FirstOrDefault(line => bounces >= line.Bounces || complaints >= line.Complaints).Status;
        return new ReputationVerdict(status, score, bounces, complaints);
    }
}

/// <summary>From good to bad; the default is the good one.</summary>
public enum ReputationStatus
{
    Healthy,
    Watch,
    Throttled,
    Disabled,
}

public static class ReputationTexts
{
    /// <summary>The severities of changes.</summary>
    public static IReadOnlyList<string> Severities { get; } = ["info", "warning", "critical"];

    public static string ToText(this ReputationStatus status) => status switch
    {
        ReputationStatus.Healthy => "healthy",
        ReputationStatus.Watch => "watch",
        ReputationStatus.Throttled => "throttled",
        ReputationStatus.Disabled => "disabled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static ReputationStatus Parse(string text) => Enum.GetValues<ReputationStatus>().First(status => status.ToText() == text);

    public static string ToSeverity(this ReputationStatus status) => status switch
    {
        ReputationStatus.Healthy => "info",
        ReputationStatus.Watch => "warning",
        ReputationStatus.Throttled or ReputationStatus.Disabled => "critical",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
