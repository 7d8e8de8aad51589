using Mail.Core.RateLimits;
using Mail.TestKit;

namespace Mail.Core.Tests.RateLimits;

public sealed class LocalBucketsTests
{
    private readonly ManualTime _time = new();
    private readonly RateSubject _subject = new(LimiterProcess.NewOrganization(), LimiterProcess.NewKey(), RatePolicy.Send);

    [Fact]
    public void A_bucket_gives_its_burst_and_then_what_time_brings()
    {
        var buckets = new LocalBuckets(_time);
        var limits = new RateLimitPair(new RateLimit(10, 10), new RateLimit(3, 3));

        Assert.Equal([1, 1, 1, 0], Enumerable.Range(0, 4).Select(_ => buckets.Take(_subject, limits, 1, 1).Tokens));
        var refused = buckets.Take(_subject, limits, 1, 1);
        Assert.InRange(refused.Retry, TimeSpan.FromMilliseconds(333), TimeSpan.FromMilliseconds(334));
        _time.Advance(TimeSpan.FromMilliseconds(334));
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(_ => buckets.Take(_subject, limits, 1, 1).Tokens));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, buckets.Take(_subject, limits, 5, 1).Tokens);
    }

    [Fact]
    public void Keys_of_an_organization_share_its_bucket_and_the_tighter_one_is_told()
    {
        var buckets = new LocalBuckets(_time);
        var limits = new RateLimitPair(new RateLimit(4, 4), new RateLimit(3, 3));

        var first = buckets.Take(_subject, limits, 3, 1);
        var second = buckets.Take(_subject with { Key = LimiterProcess.NewKey() }, limits, 3, 1);

        Assert.Equal((3, 3, 0), (first.Tokens, first.Limit.Burst, first.Remaining));
        Assert.Equal((1, 4, 0), (second.Tokens, second.Limit.Burst, second.Remaining));
    }

    [Fact]
    public void Processes_divide_the_limit_among_them()
    {
        var limits = new RateLimitPair(new RateLimit(100, 100), new RateLimit(40, 40));

        Assert.Equal(10, new LocalBuckets(_time).Take(_subject, limits, 50, processes: 4).Tokens);
        Assert.Equal(1, new LocalBuckets(_time).Take(_subject, limits, 50, processes: 1000).Tokens);
    }
}
