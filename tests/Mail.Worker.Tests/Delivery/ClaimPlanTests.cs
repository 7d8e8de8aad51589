using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Worker.Delivery;

namespace Mail.Worker.Tests.Delivery;

public sealed class ClaimPlanTests
{
    private static readonly OrganizationId One = PrefixedId.New<OrganizationId>(TimeProvider.System);
    private static readonly OrganizationId Two = PrefixedId.New<OrganizationId>(TimeProvider.System);

    [Fact]
    public void A_lane_alone_gets_everything() =>
        Assert.Equal([new LaneClaim(Lane(One, "a.test"), 250)], Plan([Lane(One, "a.test")], 250));

    [Fact]
    public void Organizations_share_evenly_however_many_lanes_each_has()
    {
        QueueLane[] lanes = [Lane(Two, "x.test"), .. Enumerable.Range(0, 100).Select(i => Lane(One, $"d{i}.test"))];

        var plan = Plan(lanes, 100);

        Assert.Equal(50, plan.Where(claim => claim.Lane.Organization == Two).Sum(claim => claim.Count));
        Assert.Equal(50, plan.Where(claim => claim.Lane.Organization == One).Sum(claim => claim.Count));
        Assert.Equal(50, plan.Count(claim => claim.Lane.Organization == One));
    }

    [Fact]
    public void What_cannot_start_is_not_claimed_and_its_share_goes_to_others()
    {
        var plan = Plan([Lane(One, "blocked.test"), Lane(One, "a.test"), Lane(Two, "slow.test")], 100, Room);

        Assert.Equal([("a.test", 97), ("slow.test", 3)], plan.OrderBy(claim => claim.Lane.Name).Select(claim => (claim.Lane.Name, claim.Count)));

        static LaneRoom Room(QueueLane lane) =>
            new(lane.Name, lane.Name switch { "blocked.test" => 0, "slow.test" => 3, _ => 1000 });
    }

    [Fact]
    public void Lanes_of_one_destination_share_its_room()
    {
        var plan = Plan([Lane(One, "a.test"), Lane(Two, "b.test")], 100, _ => new LaneRoom("mx.shared.test", 10));

        Assert.Equal([5, 5], plan.Select(claim => claim.Count));
    }

    [Fact]
    public void Urgent_goes_before_normal_before_bulk()
    {
        QueueLane[] lanes = [Lane(One, "a.test", 2), Lane(One, "a.test", 1), Lane(Two, "a.test", 0)];

        var plan = Plan(lanes, 10, lane => new LaneRoom($"{lane}", lane.Priority switch { 0 => 4, 1 => 5, _ => 100 }));

        Assert.Equal([(0, 4), (1, 5), (2, 1)], plan.Select(claim => ((int)claim.Lane.Priority, claim.Count)));
    }

    [Fact]
    public void Who_is_first_takes_turns_when_there_is_less_room_than_lanes()
    {
        var lanes = Enumerable.Range(0, 10).Select(i => Lane(One, $"d{i}.test")).ToList();

        var served = Enumerable.Range(0, 10).SelectMany(turn => ClaimPlan.Make(lanes, 1, turn, lane => new LaneRoom(lane.Name, 100)))
            .Select(claim => claim.Lane.Name);

        Assert.Equal(10, served.Distinct().Count());
    }

    [Fact]
    public void No_more_is_planned_than_there_is_room()
    {
        var lanes = Enumerable.Range(0, 300).Select(i => Lane(i % 2 == 0 ? One : Two, $"d{i}.test")).ToList();

        Assert.Equal(123, Plan(lanes, 123).Sum(claim => claim.Count));
        Assert.Empty(Plan(lanes, 0));
        Assert.Empty(Plan([], 10));
    }

    private static QueueLane Lane(OrganizationId organization, string name, short priority = 1) => new(priority, organization, name);

    private static List<LaneClaim> Plan(IReadOnlyList<QueueLane> lanes, int room, Func<QueueLane, LaneRoom>? roomOf = null) =>
        ClaimPlan.Make(lanes, room, 0, roomOf ?? (lane => new LaneRoom(lane.Name, 10_000)));
}
