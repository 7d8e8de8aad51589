using Mail.Core.Queue;
using Mail.Protocol.Smtp;

namespace Mail.Worker.Delivery;

/// <summary>A claimed item on its way through the stages, with the lease it is held by.</summary>
internal sealed class HeldItem(DeliveryJob job, DateTimeOffset claimedAt, long leasedAt)
{
    private readonly CancellationTokenSource _cut = new();
    private long _leasedAt = leasedAt;
    private long _begunAt;
    private int _hasPlace;

    public DeliveryJob Job => job;

    /// <summary>The recipients to deliver to.</summary>
    public IReadOnlyList<JobRecipient> Recipients { get; } = [.. job.Open];

    /// <summary>Workers have died with this item in their hands.</summary>
    public bool IsSuspect => job.Faults >= 2;

    /// <summary>Where its transaction goes to; null before it has begun.</summary>
    public string? Destination { get; private set; }

    /// <summary>Monotonic time since which its transaction runs, and once it has its place since then; 0 before.</summary>
    public long BegunAt => Volatile.Read(ref _begunAt);

    /// <summary>It has its place among what may be unrecorded; see <see cref="Recorder.EnterAsync"/>.</summary>
    public bool HasPlace => Volatile.Read(ref _hasPlace) != 0;

    /// <summary>The server waits for us, not we for it.</summary>
    public bool WaitsToEnter { get; set; }

    /// <summary>See <see cref="HeldItems.SetAside"/>.</summary>
    public bool IsAside { get; set; }

    /// <summary>There is an outcome, which waits for its commit.</summary>
    public bool HasEnded { get; set; }

    public DateTimeOffset ClaimedAt => claimedAt;

    /// <summary>Monotonic time of the claim or the latest renewal, taken before it was sent.</summary>
    public long LeasedAt => Volatile.Read(ref _leasedAt);

    /// <summary>What is said in the attempt.</summary>
    public SmtpTranscript? Transcript { get; set; }

    /// <summary>Cancelled when the lease is lost or the worker can wait no longer.</summary>
    public CancellationToken WhenCut => _cut.Token;

    public void Begin(string destination, long at)
    {
        Volatile.Write(ref _begunAt, at);
        Destination = destination;
    }

    public void Enter(long at)
    {
        Volatile.Write(ref _hasPlace, 1);
        Volatile.Write(ref _begunAt, at);
        WaitsToEnter = false;
    }

    /// <summary>True once after each <see cref="Enter"/>.</summary>
    public bool TryLeave() => Interlocked.Exchange(ref _hasPlace, 0) != 0;

    public void Renewed(long leasedAt) => Volatile.Write(ref _leasedAt, leasedAt);

    public void Cut() => _cut.Cancel();
}
