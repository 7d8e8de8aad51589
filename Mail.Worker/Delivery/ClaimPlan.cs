using System.Runtime.InteropServices;
using Mail.Core.Organizations;
using Mail.Core.Queue;

namespace Mail.Worker.Delivery;

/// <summary>What a lane leads to, and how much of it may be taken now. Lanes with one destination share its room.</summary>
internal readonly record struct LaneRoom(string Destination, int Room);

/// <summary>
/// Decides how many items to claim from which lane: by priority; within a priority the same for every organization, and
/// within an organization the same for every lane, as far as destinations have room. What one cannot use the others get.
/// </summary>
internal static class ClaimPlan
{
    /// <param name="lanes">The lanes that have something ready.</param>
    /// <param name="room">The most items in all.</param>
    /// <param name="turn">Grows with every plan, so that who is first takes turns where there is not enough for all.</param>
    /// <param name="roomOf">Asked once for each lane.</param>
    public static List<LaneClaim> Make(IEnumerable<QueueLane> lanes, int room, int turn, Func<QueueLane, LaneRoom> roomOf)
    {
        var rooms = new Dictionary<string, int>(StringComparer.Ordinal);
        var claims = new List<LaneClaim>();
        foreach (var priority in lanes.GroupBy(lane => lane.Priority).OrderBy(group => group.Key))
        {
            if (room == 0)
                break;
            var shares = priority.GroupBy(lane => lane.Organization)
                .Select(group => new Share(group, turn, roomOf, rooms)).Where(share => !share.IsSpent).ToList();
            room -= Divide(shares, room, turn);
            claims.AddRange(shares.SelectMany(share => share.Claims));
        }
        return claims;
    }

    // One by one, in turn: organizations that want the same destination share its little room evenly too.
    private static int Divide(List<Share> shares, int room, int turn)
    {
        var open = Rotated(shares, turn);
        var taken = 0;
        while (taken < room && open.Count > 0)
        {
            for (var i = 0; i < open.Count && taken < room; i++)
                taken += open[i].TakeOne();
            open.RemoveAll(share => share.IsSpent);
        }
        return taken;
    }

    private static List<T> Rotated<T>(List<T> items, int turn)
    {
        if (items.Count == 0)
            return [];
        var first = (int)((uint)turn % (uint)items.Count);
        return [.. items.Skip(first), .. items.Take(first)];
    }

    /// <summary>What one organization gets of a priority.</summary>
    private sealed class Share
    {
        private readonly List<(QueueLane Lane, string Destination)> _open = [];
        private readonly Dictionary<QueueLane, int> _claims = [];
        private readonly Dictionary<string, int> _rooms;
        private int _next;

        public Share(
            IGrouping<OrganizationId, QueueLane> lanes, int turn, Func<QueueLane, LaneRoom> roomOf, Dictionary<string, int> rooms)
        {
            _rooms = rooms;
            foreach (var lane in Rotated(lanes.ToList(), turn))
            {
                var (destination, room) = roomOf(lane);
                if (rooms.TryAdd(destination, room) ? room > 0 : rooms[destination] > 0)
                    _open.Add((lane, destination));
            }
        }

        public bool IsSpent => _open.Count == 0;

        public IEnumerable<LaneClaim> Claims => _claims.Select(claim => new LaneClaim(claim.Key, claim.Value));

        /// <summary>Takes one from its next lane that has room. Returns how many: 1, or 0 when none has.</summary>
        public int TakeOne()
        {
            while (_open.Count > 0)
            {
                _next = _next < _open.Count ? _next : 0;
                var (lane, destination) = _open[_next];
                ref var room = ref CollectionsMarshal.GetValueRefOrNullRef(_rooms, destination);
                if (room > 0)
                {
                    room--;
                    CollectionsMarshal.GetValueRefOrAddDefault(_claims, lane, out _)++;
                    _next++;
                    return 1;
                }
                _open.RemoveAt(_next);
            }
            return 0;
        }
    }
}
