using Mail.Worker.Pools;

namespace Mail.Worker.Delivery;

/// <summary>
/// Finds the transactions that hang. They may do so for minutes (RFC 5321 §4.5.3.2) and must not hold others meanwhile: they leave their
/// places among what this worker holds and what may be unrecorded, and what waits behind them goes back into the queue.
/// </summary>
internal sealed class HangWatch(HeldItems held, Recorder recorder, Destinations destinations, TimeProvider clock) : BackgroundService
{
    // What takes longer is limited by the connections of its destination.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var hanging = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var item in held.All)
            {
                if (item.HasEnded || item.WaitsToEnter || item.Destination is not { } destination || clock.GetElapsedTime(item.BegunAt) < Patience)
                    continue;
                recorder.Leave(item);
                held.SetAside(item);
                hanging[destination] = hanging.GetValueOrDefault(destination) + 1;
            }
            foreach (var item in destinations.Hang(hanging))
                recorder.Release(item, Rest, "the servers of the destination do not answer");
        }
    }
}
