namespace Mail.Core.Webhooks;

/// <summary>When a delivery that failed is tried again.</summary>
public static class WebhookSchedule
{
    // More attempts than this many waits plus one are not made.
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    // What failed together does not come back together.
    private const double Jitter = 0.1;
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    public static int MaxAttempts => Waits.Length + 1;

    /// <summary>The wait before the next attempt; null when there is none.</summary>
    /// <param name="attempts">Attempts made so far, at least 1.</param>
    /// <param name="retryAfter">What the receiver asked for; never shortens the wait.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan? Next(int attempts, TimeSpan? retryAfter, double random)
    {
        if (attempts > Waits.Length)
            return null;
        var wait = Waits[attempts - 1] * (1 + Jitter * (2 * random - 1));
        var asked = retryAfter < LongestRetryAfter ? retryAfter : retryAfter is null ? null : LongestRetryAfter;
        return asked > wait ? asked : wait;
    }
}
