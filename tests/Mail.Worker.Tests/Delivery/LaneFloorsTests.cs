using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.TestKit;
using Mail.Worker.Delivery;

namespace Mail.Worker.Tests.Delivery;

public sealed class LaneFloorsTests
{
    private static readonly QueueLane Lane = new(1, PrefixedId.New<OrganizationId>(TimeProvider.System), "a.test");
    private readonly ManualTime _time = new();
    private readonly LaneFloors _floors;

    public LaneFloorsTests() => _floors = new LaneFloors(_time);

    [Fact]
    public void A_claim_starts_a_little_before_what_was_claimed_last()
    {
        var earlier = PrefixedId.New<QueueItemId>(_time).Value;
        _time.Advance(TimeSpan.FromSeconds(3));
        var late = PrefixedId.New<QueueItemId>(_time).Value;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Guid.Empty, _floors.Of(Lane));

        _floors.Raise(Lane, PrefixedId.New<QueueItemId>(_time).Value);

        Assert.InRange(_floors.Of(Lane), earlier, late);
        Assert.Equal(Guid.Empty, _floors.Of(Lane with { Name = "b.test" }));
    }

    [Fact]
    public void Once_a_second_it_starts_at_the_beginning_however_often_it_is_raised()
    {
        for (var i = 0; i < 4; i++)
        {
            _floors.Raise(Lane, PrefixedId.New<QueueItemId>(_time).Value);
            Assert.NotEqual(Guid.Empty, _floors.Of(Lane));
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }
        Assert.Equal(Guid.Empty, _floors.Of(Lane));
    }
}
