using System.Diagnostics;

namespace Mail.Integrations.Tests;

/// <summary>For what another process or a reconnect loop brings about, and nothing signals.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        var startedAt = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(startedAt) < Limit, "It did not happen in time.");
            await Task.Delay(20);
        }
    }

    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));
}
