using System.Diagnostics;

namespace Mail.Inbound.Tests.Faults;

/// <summary>Mail of somebody else, on a new connection each time, one after the other for as long as a flood goes on.</summary>
internal sealed class HealthMail(ListenerProcess listener) : IAsyncDisposable
{
    /// <summary>In every so long a time one has to get through.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _end = new();
    private Task _delivering = Task.CompletedTask;
    private TimeSpan _slowest;
    private int _delivered;

    /// <summary>Delivers one before the flood (the listener warms up), and goes on from there.</summary>
    public async Task FirstAsync()
    {
        await DeliverAsync();
        _delivering = DeliverUntilEndAsync();
    }

    /// <summary>How many got through, and how long the slowest took. The last one began after the flood had reached its height.</summary>
    public async Task<(int Delivered, TimeSpan Slowest)> EndAsync()
    {
        await _end.CancelAsync();
        await _delivering;
        await MeasureAsync();
        return (_delivered, _slowest);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _delivering;
        _end.Dispose();
    }

    private async Task DeliverUntilEndAsync()
    {
        while (!_end.IsCancellationRequested)
            await MeasureAsync();
    }

    private async Task MeasureAsync()
    {
        var start = Stopwatch.GetTimestamp();
        await DeliverAsync();
        _delivered++;
        var elapsed = Stopwatch.GetElapsedTime(start);
        _slowest = elapsed > _slowest ? elapsed : _slowest;
    }

    private async Task DeliverAsync()
    {
        await using var client = new LineClient(await listener.ConnectAsync());
        await client.GreetAsync().WaitAsync(Limit);
        Assert.StartsWith("250 ", await client.MailAsync("Subject: health").WaitAsync(Limit));
    }
}
