using Mail.Core.Queue;
using Mail.Worker.Pools;

namespace Mail.Worker.Delivery;

/// <summary>The lanes this worker knows to have something ready, and what it makes of them: survey → plan → claim.</summary>
internal sealed class Lanes(QueueStore store, Destinations destinations, LaneBook book)
{
    // Of a lane whose destination is not known yet: enough to learn it, few enough to be no burden on it.
    private const int UnknownRoom = 8;
    private const int MaxKnown = 2000;
    private const int MinKnown = 500;
    private const int FewestLanes = 4;

    private readonly SurveyPosition _position = new();
    private readonly HashSet<QueueLane> _known = [];
    private SurveyLimits _limits = new();
    private int _turn;

    /// <summary>Nothing more is known to be ready, or not everything that is ready has been seen.</summary>
    public bool NeedSurvey => _known.Count == 0 || _position.IsPartial;

    public bool IsEmpty => _known.Count == 0;

    /// <summary>Returns false when more is due than could be made ready at once.</summary>
    public async Task<bool> SurveyAsync(CancellationToken cancellationToken)
    {
        var (lanes, isAllPromoted) = await store.SurveyAsync(_position, _limits, cancellationToken);
        _known.Clear();
        _known.UnionWith(lanes);
        // A survey costs a probe for each lane it sees: with many organizations each shows fewer lanes at a time.
        if (lanes.Count > MaxKnown)
            _limits = _limits with { LanesPerOrganization = Math.Max(FewestLanes, _limits.LanesPerOrganization / 2) };
        else if (lanes.Count < MinKnown)
            _limits = _limits with { LanesPerOrganization = Math.Min(new SurveyLimits().LanesPerOrganization, _limits.LanesPerOrganization * 2) };
        return isAllPromoted;
    }

    public List<LaneClaim> Plan(int room) => ClaimPlan.Make(_known, room, _turn++, RoomOf);

    /// <summary>Takes note of what a claim brought: a lane that gave less than was asked has no more.</summary>
    public void Claimed(List<LaneClaim> claims, List<DeliveryJob> jobs)
    {
        var brought = jobs.CountBy(job => job.Lane).ToDictionary();
        foreach (var claim in claims)
        {
            if (brought.GetValueOrDefault(claim.Lane) < claim.Count)
                _known.Remove(claim.Lane);
        }
    }

    private LaneRoom RoomOf(QueueLane lane) => book.Find(lane) is { } destination
        ? new LaneRoom(destination, destinations.RoomOf(destination))
        : new LaneRoom($"? {lane.Name}", UnknownRoom);
}
