using System.Diagnostics;
using System.Diagnostics.Metrics;
using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Mail.Worker.Shaping;

namespace Mail.Worker;

/// <summary>What this process measures, under the meter <c>Mail.Worker</c>.</summary>
internal sealed class WorkerMetrics : IDisposable
{
    public const string Name = "Mail.Worker";

    private readonly Meter _meter;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _attemptDuration;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _latency;
    private QueueMeasure? _queue;
    private readonly Histogram<double> _throttled;
    private readonly Counter<long> _reactions;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _tls;

    public WorkerMetrics(IMeterFactory meters, HeldItems held)
    {
        _meter = meters.Create(Name);
        _attempts = _meter.CreateCounter<long>("mail.delivery.attempts", "{recipient}", "Ends of attempts, by recipient.");
        _attemptDuration = _meter.CreateHistogram<double>("mail.delivery.attempt.duration", "s", "From building a message to its outcome.");
        _queueWait = _meter.CreateHistogram<double>("mail.queue.wait", "s", "From acceptance to the first claim.");
        _latency = _meter.CreateHistogram<double>("mail.delivery.latency", "s", "From acceptance to the 250 of the next hop, less the time since the claim.");
        _throttled = _meter.CreateHistogram<double>("mail.throttle.wait", "s", "Waits of items and connections for their turn.");
        _reactions = _meter.CreateCounter<long>("mail.shaping.reactions", "{reaction}", "Times a destination's words slowed us down.");
        _connections = _meter.CreateUpDownCounter<long>("mail.smtp.client.connections", "{connection}", "Open connections to other servers.");
        _tls = _meter.CreateCounter<long>("mail.tls.sessions", "{session}", "Connections by what TLS was asked for and what came of it.");
        _meter.CreateObservableGauge("mail.queue.depth", () => Measures(queue => queue.Depth), "{item}", "Queue items of all workers.");
        _meter.CreateObservableGauge("mail.queue.oldest_due", () => Measures(queue => queue.OldestDue.TotalSeconds), "s", "How long the oldest ready item has waited for a worker.");
        _meter.CreateObservableUpDownCounter("mail.delivery.in_flight", () => (long)held.Count, "{item}", "Queue items held by this process.");
    }

    public void Claimed(DeliveryJob job)
    {
        if (job.Attempts == 0)
            _queueWait.Record(job.Age.TotalSeconds);
    }

    public void Attempted(Attempt.Ended attempt, TimeSpan duration, DeliveryJob job, string provider)
    {
        foreach (var verdict in attempt.Verdicts)
        {
            _attempts.Add(1, new TagList
            {
                { "mail.delivery.outcome", verdict.Outcome.ToText() },
                { "mail.delivery.stage", verdict.Stage.ToText() },
                { "mail.delivery.cause", verdict.CauseText },
                { "mail.provider", provider },
            });
            if (verdict.Outcome == DeliveryOutcome.Delivered)
                _latency.Record((job.Age + duration).TotalSeconds, new TagList { { "mail.provider", provider }, { "mail.priority", (int)job.Priority } });
        }
        _attemptDuration.Record(duration.TotalSeconds);
    }

    /// <summary>Null while another worker measures it.</summary>
    public void Queue(QueueMeasure? measure) => Volatile.Write(ref _queue, measure);

    /// <summary>Somebody waited for their turn.</summary>
    public void Throttled(string by, string provider, TimeSpan wait) =>
        _throttled.Record(wait.TotalSeconds, new TagList { { "mail.throttle", by }, { "mail.provider", provider } });

    /// <summary>A destination said that we are too fast.</summary>
    public void Reacted(string provider, Reaction reaction) =>
        _reactions.Add(1, new TagList { { "mail.provider", provider }, { "mail.reaction", reaction.Factor is null ? "suspend" : "slow" } });

    public void ConnectionOpened() => _connections.Add(1);

    public void ConnectionClosed() => _connections.Add(-1);

    /// <summary>A connection stands, or failed because of TLS.</summary>
    public void Secured(string policy, string version, string verification, string result) => _tls.Add(1, new TagList
    {
        { "mail.tls.policy", policy }, { "mail.tls.version", version }, { "mail.tls.verification", verification }, { "mail.tls.result", result },
    });

    private IEnumerable<Measurement<T>> Measures<T>(Func<QueueMeasure, T> of) where T : struct =>
        Volatile.Read(ref _queue) is { } queue ? [new Measurement<T>(of(queue))] : [];

    public void Dispose() => _meter.Dispose();
}
