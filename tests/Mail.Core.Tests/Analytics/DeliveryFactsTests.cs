using Mail.Core.Analytics;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Protocol.Bounces;

namespace Mail.Core.Tests.Analytics;

public sealed class DeliveryFactsTests
{
    [Theory]
    [InlineData(DeliveryOutcome.Bounced, BounceEffect.Hard, Metric.HardBounced)]
    [InlineData(DeliveryOutcome.Bounced, BounceEffect.Soft, Metric.SoftBounced)]
    [InlineData(DeliveryOutcome.Bounced, BounceEffect.Infrastructure, Metric.OtherBounced)]
    [InlineData(DeliveryOutcome.Deferred, BounceEffect.Soft, Metric.Deferred)]
    [InlineData(DeliveryOutcome.Failed, BounceEffect.None, Metric.Failed)]
    public void Refusals_count_by_what_they_say_of_the_address(DeliveryOutcome outcome, BounceEffect effect, Metric metric)
    {
        var result = new RecipientResult(0, "ada@example.com", outcome, "rcpt_to", "reply", null, null, null, null, 550, null, "no") { Effect = effect };
        var record = new DeliveryRecord
        {
            Lease = default!, Organization = default, Message = default, Mode = SendingMode.Live, SenderDomain = default, AttemptNumber = 1,
            Worker = "test", StartedAt = default, EndedAt = default, CoversMessage = true, Results = [result],
        };
        Assert.Equal((short)metric, Assert.Single(DeliveryFacts.Of([new RecordStatements.Row(record, result)])).Metric);
    }
}
