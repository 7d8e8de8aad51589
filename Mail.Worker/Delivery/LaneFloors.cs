using System.Buffers.Binary;
using Mail.Core.Queue;

namespace Mail.Worker.Delivery;

/// <summary>
/// Where to start in a lane. What was claimed leaves its index entries behind until a vacuum; a claim that starts at the
/// beginning steps over all of them. Ids rise with time, so it starts a little before what was claimed last. Items further
/// behind (retries, given back, of a host whose clock is slow) are found when the floor is lifted, once a second.
/// </summary>
internal sealed class LaneFloors(TimeProvider clock)
{
    private const int Capacity = 10_000;
    private const int TimestampBits = 48;
    private const int RestBits = 64 - TimestampBits;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    // Ids are made before their commit, by several hosts: later ones may be seen before earlier ones.
    private static readonly TimeSpan Disorder = TimeSpan.FromSeconds(2);

    private readonly Dictionary<QueueLane, (Guid Behind, long Since)> _floors = [];

    public Guid Of(QueueLane lane)
    {
        if (!_floors.TryGetValue(lane, out var floor))
            return Guid.Empty;
        if (clock.GetElapsedTime(floor.Since) < Lifetime)
            return floor.Behind;
        _floors.Remove(lane);
        return Guid.Empty;
    }

    /// <param name="claimed">The greatest id that was just claimed.</param>
    public void Raise(QueueLane lane, Guid claimed)
    {
        if (_floors.Count >= Capacity)
            _floors.Clear();
        var since = _floors.TryGetValue(lane, out var floor) ? floor.Since : clock.GetTimestamp();
        _floors[lane] = (Before(claimed), since);
    }

    // RFC 9562 §5.7: 48 bits of Unix milliseconds lead.
    private static Guid Before(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (BinaryPrimitives.ReadUInt64BigEndian(bytes) >> RestBits) - (ulong)Disorder.TotalMilliseconds;
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, milliseconds << RestBits);
        return new Guid(bytes, bigEndian: true);
    }
}
