namespace Mail.Worker.Pools;

/// <summary>How a new source address earns its name.</summary>
internal sealed class WarmupOptions
{
    public const string Section = "Warmup";

    private static readonly int[] Usual = [50, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 70_000, 100_000, 150_000, 250_000, 400_000];

    /// <summary>Messages to one provider on each day of a source's warm-up; after the last day the source is warm. Default 50, 100, 500,
    /// 1000, 2000, 5000, 10000, 20000, 40000, 70000, 100000, 150000, 250000, 400000.</summary>
    public int[]? DailyCaps { get; set; }

    /// <summary>The cap of a day of the warm-up, from 1; null when it is over.</summary>
    internal int? CapOf(int day)
    {
        var caps = DailyCaps is { Length: > 0 } own ? own : Usual;
        return day <= caps.Length ? caps[day - 1] : null;
    }
}
