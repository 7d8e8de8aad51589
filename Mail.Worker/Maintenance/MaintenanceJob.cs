namespace Mail.Worker.Maintenance;

/// <summary>Something to do from time to time, by any number of workers at once: rows are locked and skipped, or doing it twice is harmless.</summary>
/// <param name="Name">For the log.</param>
/// <param name="RunAsync">Does a part and returns how much; it is called again at once while that is a full part.</param>
internal sealed record MaintenanceJob(string Name, TimeSpan Interval, int FullPart, Func<CancellationToken, Task<int>> RunAsync)
{
    /// <summary>A job that does all there is in one go.</summary>
    public static MaintenanceJob Whole(string name, TimeSpan interval, Func<CancellationToken, Task> run) =>
        new(name, interval, int.MaxValue, async cancellationToken =>
        {
            await run(cancellationToken);
            return 0;
        });
}
