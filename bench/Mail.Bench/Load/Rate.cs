using System.Diagnostics;

namespace Mail.Bench.Load;

internal static class Rate
{
    /// <summary>MB per second of something that is done so many times, a few at once.</summary>
    public static async Task<double> MeasureAsync(int times, double megabytes, int atOnce, Func<CancellationToken, Task> work)
    {
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, times, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (_, token) => await work(token));
        return times * megabytes / watch.Elapsed.TotalSeconds;
    }
}
