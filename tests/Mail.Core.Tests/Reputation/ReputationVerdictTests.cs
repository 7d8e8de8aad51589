using Mail.Core.Reputation;

namespace Mail.Core.Tests.Reputation;

public sealed class ReputationVerdictTests
{
    [Theory]
    [InlineData(0, 0, 0, ReputationStatus.Healthy, 100)]
    [InlineData(99, 99, 99, ReputationStatus.Healthy, 100)]
    [InlineData(1000, 19, 0, ReputationStatus.Healthy, 81)]
    [InlineData(1000, 20, 0, ReputationStatus.Watch, 80)]
    [InlineData(1000, 49, 0, ReputationStatus.Watch, 51)]
    [InlineData(1000, 50, 0, ReputationStatus.Throttled, 50)]
    [InlineData(1000, 99, 0, ReputationStatus.Throttled, 1)]
    [InlineData(1000, 100, 0, ReputationStatus.Disabled, 0)]
    [InlineData(10000, 0, 9, ReputationStatus.Healthy, 82)]
    [InlineData(10000, 0, 10, ReputationStatus.Watch, 80)]
    [InlineData(10000, 0, 30, ReputationStatus.Throttled, 40)]
    [InlineData(10000, 0, 50, ReputationStatus.Disabled, 0)]
    [InlineData(100, 500, 500, ReputationStatus.Disabled, 0)]
    public void The_worse_of_bounces_and_complaints_decides(long sent, long bounced, long complained, ReputationStatus status, int score)
    {
        var verdict = ReputationVerdict.Of(sent, bounced, complained, leastSent: 100);

        Assert.Equal((status, score), (verdict.Status, verdict.Score));
    }
}
