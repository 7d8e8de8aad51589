namespace Mail.Core.Analytics;

/// <summary>Counts that can be added up.</summary>
public sealed class AnalyticsCounts
{
    private readonly Dictionary<short, long> _counts = [];

    public long this[Metric metric] => _counts.GetValueOrDefault((short)metric);

    public long? LatencyP50Ms => LatencyBuckets.Percentile(_counts, 0.5);

    public long? LatencyP95Ms => LatencyBuckets.Percentile(_counts, 0.95);

    /// <summary>How much there is in all: what is most is shown first.</summary>
    public long Activity => _counts.Where(count => count.Key < LatencyBuckets.First).Sum(count => count.Value);

    internal void Add(short metric, long count) => _counts[metric] = _counts.GetValueOrDefault(metric) + count;

    public static AnalyticsCounts Sum(IEnumerable<AnalyticsCounts> parts)
    {
        var sum = new AnalyticsCounts();
        foreach (var (metric, count) in parts.SelectMany(part => part._counts))
            sum.Add(metric, count);
        return sum;
    }
}
