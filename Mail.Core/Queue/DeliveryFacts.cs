using Mail.Core.Analytics;
using Mail.Core.Bounces;
using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Queue;

/// <summary>What attempts count as. An attempt counts when it ended, whenever it is recorded.</summary>
internal static class DeliveryFacts
{
    public static IEnumerable<KnownFact> Of(List<RecordStatements.Row> rows)
    {
        foreach (var (record, result) in rows.Where(row => row.Record.Mode == SendingMode.Live))
        {
            var domain = result.Address[(result.Address.LastIndexOf('@') + 1)..].ToLowerInvariant();
            var fact = new KnownFact(
                record.Organization, record.SenderDomain, record.Template, ContentJson.Write(record.Tags), domain, (short)MetricOf(result), record.EndedAt);
            yield return fact;
            if (result.Outcome == DeliveryOutcome.Delivered)
                yield return fact with { Metric = LatencyBuckets.Of(record.Latency) };
        }
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
