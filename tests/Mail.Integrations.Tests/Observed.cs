using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mail.Integrations.Tests;

/// <summary>What a source and a meter of one name say while this lives.</summary>
internal sealed class Observed : IDisposable
{
    private readonly ActivityListener _spans;
    private readonly MeterListener _meters = new();

    public Observed(string name)
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_spans);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == name) listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((instrument, _, _, _) => Instruments.Enqueue(instrument.Name));
        _meters.Start();
    }

    public ConcurrentQueue<Activity> Spans { get; } = new();
    public ConcurrentQueue<string> Instruments { get; } = new();

    public void Dispose()
    {
        _spans.Dispose();
        _meters.Dispose();
    }
}
