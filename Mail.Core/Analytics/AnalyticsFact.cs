using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Templates;

namespace Mail.Core.Analytics;

/// <summary>Something that happened for one recipient of a message, to be counted in the transaction that makes it true.</summary>
/// <param name="RecipientDomain">Tells the mailbox provider.</param>
/// <param name="At">When it happened; null for the time of the transaction.</param>
internal readonly record struct AnalyticsFact(
    OrganizationId Organization, MessageId Message, string RecipientDomain, Metric Metric, DateTimeOffset? At = null);

/// <summary>The same by one who knows what the message counts under, so that it need not be read again.</summary>
/// <param name="Tags">A JSON object; null for none.</param>
/// <param name="Metric">One of <see cref="Analytics.Metric"/>, or a bucket of <see cref="LatencyBuckets"/>.</param>
internal readonly record struct KnownFact(
    OrganizationId Organization, DomainId SenderDomain, TemplateId? Template, string? Tags, string RecipientDomain, short Metric, DateTimeOffset? At);
