namespace Mail.EndToEnd.Tests.Running;

/// <summary>Waits for what has to become true, and says what was seen instead.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static Task IsTrueAsync(string what, TimeSpan limit, Func<bool> look, Func<string>? seen = null) =>
        IsTrueAsync(what, limit, _ => Task.FromResult(look()), seen);

    public static Task IsTrueAsync(string what, TimeSpan limit, Func<CancellationToken, Task<bool>> look, Func<string>? seen = null) =>
        GetAsync(what, limit, async token => await look(token) ? "" : null, seen);

    /// <summary>The first answer that is not null.</summary>
    public static async Task<T> GetAsync<T>(string what, TimeSpan limit, Func<CancellationToken, Task<T?>> look, Func<string>? seen = null)
        where T : class
    {
        using var deadline = new CancellationTokenSource(limit);
        using var tick = new PeriodicTimer(Interval);
        try
        {
            while (true)
            {
                if (await look(deadline.Token) is { } found) return found;
                await tick.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"Not seen within {limit.TotalSeconds} s: {what}\n{seen?.Invoke()}");
        }
    }
}
