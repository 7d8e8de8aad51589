using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mail.Worker.Webhooks;

/// <summary>What webhook deliveries come to.</summary>
internal sealed class WebhookMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _duration;

    public WebhookMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(WorkerMetrics.Name);
        _attempts = _meter.CreateCounter<long>("mail.webhook.attempts", "{attempt}", "Ends of attempts of webhook deliveries.");
        _duration = _meter.CreateHistogram<double>("mail.webhook.attempt.duration", "s", "From connecting to the end of the answer.");
    }

    public void Attempted(WebhookAnswer answer, TimeSpan latency)
    {
        _attempts.Add(1, new TagList { { "mail.webhook.outcome", answer.Succeeded ? "succeeded" : answer.Error } });
        _duration.Record(latency.TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();
}
