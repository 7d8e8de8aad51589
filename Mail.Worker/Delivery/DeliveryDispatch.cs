using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Worker.Pools;
using Mail.Worker.Shaping;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Routes claimed items to the queues of their destinations; gives back what cannot wait there.</summary>
internal sealed partial class DeliveryDispatch(
    HeldItems held, DeliveryRouting routing, LaneBook book, Holds holds, LanePace pace, Sources sources, DestinationReports reports, Destinations destinations, DeliveryAttempts attempts, Recorder recorder,
    IOptions<QueueOptions> options, DatabaseTime clock, ILogger<DeliveryDispatch> logger)
{
    private const int PostponementSpread = 4;
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _postponement = options.Value.Postponement;

    public void Start(HeldItem item)
    {
        held.Add(item);
        if (Hopeless(item) is { } verdict)
            attempts.End(item, verdict);
        else
            _ = RouteAsync(item);
    }

    /// <summary>Lets nothing more start.</summary>
    public void Close()
    {
        foreach (var item in destinations.Close())
            recorder.Release(item, TimeSpan.Zero);
    }

    private Verdict? Hopeless(HeldItem item)
    {
        var job = item.Job;
        if (job is { HasStarted: true, Guarantee: DeliveryGuarantee.AtMostOnce })
            return new Verdict(DeliveryOutcome.Uncertain, DeliveryStage.Claim, DeliveryCause.WorkerLost,
                Reply: "the worker was lost while it sent the message, which must not arrive twice");
        if (job.Faults >= options.Value.MaxFaults)
            return new Verdict(DeliveryOutcome.Failed, DeliveryStage.Claim, DeliveryCause.RepeatedFaults,
                Reply: $"given up after {job.Faults} attempts that ended without an outcome");
        return job.TimeLeft <= TimeSpan.Zero || item.Recipients.Count == 0
            ? new Verdict(DeliveryOutcome.Failed, DeliveryStage.Claim, DeliveryCause.Expired, Reply: "not delivered in the time it had")
            : null;
    }

    private async Task RouteAsync(HeldItem item)
    {
        try
        {
            switch (await routing.FindAsync(item.Job, item.WhenCut))
            {
                case DeliveryRoute.Servers servers:
                    await EnqueueAsync(item, servers);
                    break;
                case DeliveryRoute.Nowhere nowhere:
                    attempts.End(item, nowhere.Verdict);
                    break;
            }
        }
        catch (OperationCanceledException) when (item.WhenCut.IsCancellationRequested)
        {
            recorder.Release(item, TimeSpan.Zero);
        }
        catch (Exception error)
        {
            Log.RoutingFailed(logger, item.Job.Message, error);
            attempts.End(item, new Verdict(
                DeliveryOutcome.Deferred, DeliveryStage.Route, DeliveryCause.InternalError, Reply: "internal error"));
        }
    }

    private async ValueTask EnqueueAsync(HeldItem item, DeliveryRoute.Servers found)
    {
        var lane = item.Job.Lane;
        var pool = routing.PoolOf(item.Job);
        if (book.Learn(lane, new LaneTarget(found.Destination, pool)) && !lane.IsTest && !found.IsSandbox)
            reports.Found(item.Job.Domain, found.Destination, found.ProviderName);
        if (HoldOn(lane, found.Destination) is { } hold)
            recorder.Release(item, Rest(hold.Until), hold.Reason);
        else if (!found.IsSandbox && await pace.MustWaitAsync(lane, item.WhenCut) is { } wait)
            recorder.Release(item, wait.For, wait.Reason);
        else if ((found.IsSandbox ? found : await sources.ChooseAsync(found, pool, item.WhenCut)) is not { } servers)
            recorder.Release(item, LongestRest, "no address to send from may send there now: held, or warming up and done for today");
        else if (!destinations.TryEnqueue(new RoutedItem(item, servers)))
            Postpone(item, servers.Destination);
    }

    private DeliveryHold? HoldOn(QueueLane lane, string destination) =>
        holds.On(lane) ?? holds.On(HoldScope.Destination, destination);

    private void Postpone(HeldItem item, string destination)
    {
        if (destinations.IsClosed)
            recorder.Release(item, TimeSpan.Zero);
        else if (destinations.SuspensionOf(destination) is { } suspension)
            recorder.Release(item, Rest(suspension.Until), suspension.Reason);
        else
            recorder.Release(item, Postponement(), "the destination has as much to do as it may have");
    }

    // Its lane is known to lead nowhere for now, so what is ready again early is not claimed again early.
    private TimeSpan Rest(DateTimeOffset? until)
    {
        var rest = until - clock.GetUtcNow() ?? LongestRest;
        return TimeSpan.FromSeconds(Math.Ceiling(Math.Clamp(rest.TotalSeconds, 1, LongestRest.TotalSeconds)));
    }

    // In whole seconds, so that items put back together are put back by few statements.
    private TimeSpan Postponement() => _postponement + TimeSpan.FromSeconds(Random.Shared.Next(PostponementSpread));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Routing of {Message} failed in an unforeseen way; it is tried again later")]
        public static partial void RoutingFailed(ILogger logger, Core.Messages.MessageId message, Exception error);
    }
}
