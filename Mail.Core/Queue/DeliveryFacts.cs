using Mail.Core.Analytics;
using Mail.Core.Bounces;

namespace Mail.Core.Queue;

/// <summary>What attempts count as. An attempt counts when it ended, whenever it is recorded.</summary>
internal static class DeliveryFacts
{
    public static List<AnalyticsFact> Of(List<RecordStatements.Row> rows)
    {
        var facts = new List<AnalyticsFact>(rows.Count * 2);
        foreach (var (record, result) in rows)
        {
            var domain = result.Address[(result.Address.LastIndexOf('@') + 1)..].ToLowerInvariant();
            facts.Add(AnalyticsFact.Of(record.Organization, record.Message, domain, MetricOf(result), record.EndedAt));
            if (result.Outcome == DeliveryOutcome.Delivered)
                facts.Add(AnalyticsFact.OfLatency(record.Organization, record.Message, domain, record.Latency, record.EndedAt));
        }
        return facts;
    }

    private static Metric MetricOf(RecipientResult result) => result.Outcome switch
    {
        DeliveryOutcome.Delivered => Metric.Sent,
        DeliveryOutcome.Deferred => Metric.Deferred,
        DeliveryOutcome.Uncertain => result.IsFinal ? Metric.Failed : Metric.Deferred,
        DeliveryOutcome.Bounced => result.Effect.ToMetric(),
        DeliveryOutcome.Failed => Metric.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };
}
