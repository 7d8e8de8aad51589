namespace Mail.Core.Analytics;

/// <summary>
/// A histogram that can be added up: eight buckets for each doubling of a millisecond, so that a percentile is told within 5 %.
/// </summary>
internal static class LatencyBuckets
{
    /// <summary>The number the first bucket is stored under; metrics are below.</summary>
    public const short First = 1000;

    private const int PerOctave = 8;

    public static short Of(TimeSpan latency) =>
        (short)(First + (latency.TotalMilliseconds <= 1 ? 0 : (int)(Math.Log2(latency.TotalMilliseconds) * PerOctave)));

    /// <summary>The latency that the given share of the counts does not exceed, in milliseconds; null when nothing was counted.</summary>
    public static long? Percentile(IEnumerable<KeyValuePair<short, long>> counts, double share)
    {
        var buckets = counts.Where(count => count.Key >= First).OrderBy(count => count.Key).ToList();
        var wanted = Math.Max(1, (long)Math.Ceiling(buckets.Sum(bucket => bucket.Value) * share));
        foreach (var (bucket, count) in buckets)
        {
            wanted -= count;
            if (wanted <= 0)
                return (long)Math.Round(Math.Pow(2, (bucket - First + 0.5) / PerOctave));
        }
        return null;
    }
}
