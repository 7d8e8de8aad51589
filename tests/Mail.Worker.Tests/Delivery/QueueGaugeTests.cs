using System.Diagnostics.Metrics;
using Mail.Worker.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Worker.Tests.Delivery;

public sealed class QueueGaugeTests
{
    [Fact]
    public async Task The_queue_is_told_by_one_worker_only_until_it_goes()
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.AcceptManyAsync(3);
        using IHost first = system.BuildWorker(), second = system.BuildWorker();
        var (one, two) = (first.Services.GetRequiredService<QueueGauge>(), second.Services.GetRequiredService<QueueGauge>());

        await one.MeasureAsync(CancellationToken.None);
        await two.MeasureAsync(CancellationToken.None);
        Assert.Equal([3], DepthsOf(first));
        Assert.Empty(DepthsOf(second));

        await one.StopAsync(CancellationToken.None);
        await two.MeasureAsync(CancellationToken.None);
        await one.MeasureAsync(CancellationToken.None);
        Assert.Empty(DepthsOf(first));
        Assert.Equal([3], DepthsOf(second));
    }

    private static List<long> DepthsOf(IHost worker)
    {
        var depths = new List<long>();
        var meters = worker.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "mail.queue.depth" && ReferenceEquals(instrument.Meter.Scope, meters))
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, depth, _, _) => depths.Add(depth));
        listener.Start();
        listener.RecordObservableInstruments();
        return depths;
    }
}
