using Mail.Core.Queue;
using Mail.Worker.Pools;
using Mail.Worker.Shaping;

namespace Mail.Worker.Delivery;

/// <summary>The lanes this worker knows to have something ready, and what it makes of them: survey → plan → claim.</summary>
internal sealed class Lanes(
    QueueStore store, Destinations destinations, LaneBook book, LaneFloors floors, Sources sources, Holds holds, LanePace pace)
{
    // Of a lane whose destination is not known yet: enough to learn it, few enough to be no burden on it.
    private const int UnknownRoom = 8;
    // So many lanes that are not known yet may come while a worker fills up.
    private const int LeastUnknown = 32;
    private const int MaxKnown = 2000;
    private const int MinKnown = 500;
    private const int MaxBlocked = 500;
    private const int ExpiredPerLane = 50;
    private const int FirstLanes = 32;
    private const int FewestLanes = 4;

    private readonly SurveyPosition _position = new();
    private readonly HashSet<QueueLane> _known = [];
    private readonly HashSet<QueueLane> _blocked = [];
    private SurveyLimits _limits = new(LanesPerOrganization: FirstLanes);
    private int _turn;
    private int _unserved;

    /// <summary>Not everything that is ready has been seen, and what has been seen had its turn.</summary>
    public bool NeedSurvey => _position.IsPartial && (_unserved <= 0 || _known.Count == 0);

    public bool IsEmpty => _known.Count == 0;

    /// <summary>Returns false when more is due than could be made ready at once.</summary>
    public async Task<bool> SurveyAsync(CancellationToken cancellationToken)
    {
        var (lanes, isAllPromoted) = await store.SurveyAsync(_position, _limits, cancellationToken);
        _known.Clear();
        _known.UnionWith(lanes);
        _unserved = lanes.Count;
        // A survey costs a probe for each lane it sees: with many organizations each shows fewer lanes at a time.
        if (lanes.Count > MaxKnown)
            _limits = _limits with { LanesPerOrganization = Math.Max(FewestLanes, _limits.LanesPerOrganization / 2) };
        else if (lanes.Count < MinKnown)
            _limits = _limits with { LanesPerOrganization = Math.Min(new SurveyLimits().LanesPerOrganization, _limits.LanesPerOrganization * 2) };
        return isAllPromoted;
    }

    /// <param name="room">The most items in all.</param>
    /// <param name="free">How many more this worker may hold.</param>
    public List<LaneClaim> Plan(int room, int free)
    {
        var plan = ClaimPlan.Make(_known, room, _turn++, lane => RoomOf(lane, free)).ConvertAll(claim => claim with { Behind = floors.Of(claim.Lane) });
        // Lanes that had no room have had their turn too.
        _unserved = plan.Count == 0 ? 0 : _unserved - plan.Count;
        return plan;
    }

    /// <summary>Lanes that could not be served since this was last asked, with how many of their expired items to end.</summary>
    public List<LaneClaim> TakeBlocked()
    {
        List<LaneClaim> blocked = [.. _blocked.Select(lane => new LaneClaim(lane, ExpiredPerLane))];
        _blocked.Clear();
        return blocked;
    }

    /// <summary>Takes note of what a claim brought: a lane that gave less than was asked has no more.</summary>
    public void Claimed(List<LaneClaim> claims, List<DeliveryJob> jobs)
    {
        var brought = jobs.CountBy(job => job.Lane).ToDictionary();
        foreach (var lane in jobs.GroupBy(job => job.Lane, job => job.Lease.Item.Value))
            floors.Raise(lane.Key, lane.Max());
        foreach (var claim in claims)
        {
            if (brought.GetValueOrDefault(claim.Lane) < claim.Count)
                _known.Remove(claim.Lane);
        }
    }

    private LaneRoom RoomOf(QueueLane lane, int free)
    {
        var room = Paced(lane, FindRoom(lane, free));
        if (room.Room == 0 && _blocked.Count < MaxBlocked)
            _blocked.Add(lane);
        return room;
    }

    // What is slowed down as a whole shares its room under one name, unless its destination has none anyway.
    private LaneRoom Paced(QueueLane lane, LaneRoom room) =>
        room.Room > 0 && pace.RoomOf(lane) is var (name, most) ? new LaneRoom(name, Math.Min(room.Room, most)) : room;

    private LaneRoom FindRoom(QueueLane lane, int free)
    {
        if (holds.On(lane) is not null)
            return new LaneRoom("held", 0);
        if (book.Find(lane) is not var (destination, pool))
            return new LaneRoom($"? {lane.Name}", Math.Clamp(free / LeastUnknown, 1, UnknownRoom));
        if (holds.On(HoldScope.Destination, destination) is not null)
            return new LaneRoom(destination, 0);
        if (sources.IsEmpty)
            return new LaneRoom(destination, destinations.RoomOf(destination, free));
        var bySource = sources.DestinationsOf(destination, pool).DefaultIfEmpty(destination);
        return new LaneRoom($"{destination} {pool}",
            bySource.Sum(name => holds.On(HoldScope.Destination, name) is null ? destinations.RoomOf(name, free) : 0));
    }
}
