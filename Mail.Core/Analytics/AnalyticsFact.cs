using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Analytics;

/// <summary>Something that happened for one recipient of a message, to be counted in the transaction that makes it true.</summary>
/// <param name="RecipientDomain">Tells the mailbox provider.</param>
/// <param name="Metric">One of <see cref="Analytics.Metric"/>, or a bucket of <see cref="LatencyBuckets"/>.</param>
/// <param name="At">When it happened; null for the time of the transaction.</param>
internal readonly record struct AnalyticsFact(
    OrganizationId Organization, MessageId Message, string RecipientDomain, short Metric, DateTimeOffset? At)
{
    public static AnalyticsFact Of(OrganizationId organization, MessageId message, string recipientDomain, Metric metric, DateTimeOffset? at = null) =>
        new(organization, message, recipientDomain, (short)metric, at);

    public static AnalyticsFact OfLatency(OrganizationId organization, MessageId message, string recipientDomain, TimeSpan latency, DateTimeOffset? at) =>
        new(organization, message, recipientDomain, LatencyBuckets.Of(latency), at);
}
