using System.Diagnostics;
using System.Diagnostics.Metrics;
using Mail.Core.Queue;
using Mail.Worker.Delivery;

namespace Mail.Worker;

/// <summary>What this process measures, under the meter <c>Mail.Worker</c>.</summary>
internal sealed class WorkerMetrics : IDisposable
{
    public const string Name = "Mail.Worker";

    private readonly Meter _meter;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _attemptDuration;
    private readonly Histogram<double> _queueWait;
    private readonly UpDownCounter<long> _connections;

    public WorkerMetrics(IMeterFactory meters, HeldItems held)
    {
        _meter = meters.Create(Name);
        _attempts = _meter.CreateCounter<long>("mail.delivery.attempts", "{recipient}", "Ends of attempts, by recipient.");
        _attemptDuration = _meter.CreateHistogram<double>("mail.delivery.attempt.duration", "s", "From building a message to its outcome.");
        _queueWait = _meter.CreateHistogram<double>("mail.queue.wait", "s", "From acceptance to the first claim.");
        _connections = _meter.CreateUpDownCounter<long>("mail.smtp.client.connections", "{connection}", "Open connections to other servers.");
        _meter.CreateObservableUpDownCounter("mail.delivery.in_flight", () => (long)held.Count, "{item}", "Queue items held by this process.");
    }

    public void Claimed(DeliveryJob job)
    {
        if (job.Attempts == 0)
            _queueWait.Record(job.Age.TotalSeconds);
    }

    public void Attempted(Attempt.Ended attempt, TimeSpan duration)
    {
        foreach (var verdict in attempt.Verdicts)
            _attempts.Add(1, new TagList
            {
                { "mail.delivery.outcome", verdict.Outcome.ToText() },
                { "mail.delivery.stage", verdict.Stage.ToText() },
                { "mail.delivery.cause", verdict.Cause.ToText() },
            });
        _attemptDuration.Record(duration.TotalSeconds);
    }

    public void ConnectionOpened() => _connections.Add(1);

    public void ConnectionClosed() => _connections.Add(-1);

    public void Dispose() => _meter.Dispose();
}
