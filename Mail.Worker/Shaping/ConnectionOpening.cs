namespace Mail.Worker.Shaping;

/// <summary>Lets connections be opened no faster than a destination takes them.</summary>
internal sealed class ConnectionOpening(RateGate gate, WorkerMetrics metrics, TimeProvider clock)
{
    private const int Burst = 5;

    /// <exception cref="OperationCanceledException">The item was cut.</exception>
    public async ValueTask WaitAsync(DestinationShape shape, CancellationToken cancellationToken)
    {
        if (shape.Limits.OpensPerMinute is not { } perMinute)
            return;
        while (await gate.TakeAsync($"opens {shape.Destination}", perMinute * shape.Factor / 60, Burst, cancellationToken) is { Ticks: > 0 } wait)
        {
            metrics.Throttled("opens", shape.Provider, wait);
            await Task.Delay(wait, clock, cancellationToken);
        }
    }
}
