using Mail.Core.Queue;
using Mail.Protocol.Smtp;

namespace Mail.Worker.Delivery;

/// <summary>A claimed item on its way through the stages, with the lease it is held by.</summary>
internal sealed class HeldItem(DeliveryJob job, DateTimeOffset claimedAt, long leasedAt)
{
    private readonly CancellationTokenSource _cut = new();
    private long _leasedAt = leasedAt;
    private long _enteredAt;

    public DeliveryJob Job => job;

    /// <summary>The recipients to deliver to.</summary>
    public IReadOnlyList<JobRecipient> Recipients { get; } = [.. job.Open];

    /// <summary>Workers have died with this item in their hands.</summary>
    public bool IsSuspect => job.Faults >= 2;

    /// <summary>Monotonic time since which the item has its share of what may be unrecorded, 0 without; see <see cref="Recorder.EnterAsync"/>.</summary>
    public long EnteredAt => Volatile.Read(ref _enteredAt);

    /// <summary>There is an outcome, which waits for its commit.</summary>
    public bool HasEnded { get; set; }

    public DateTimeOffset ClaimedAt => claimedAt;

    /// <summary>Monotonic time of the claim or the latest renewal, taken before it was sent.</summary>
    public long LeasedAt => Volatile.Read(ref _leasedAt);

    /// <summary>What is said in the attempt.</summary>
    public SmtpTranscript? Transcript { get; set; }

    /// <summary>Cancelled when the lease is lost or the worker can wait no longer.</summary>
    public CancellationToken WhenCut => _cut.Token;

    public void Entered(long at) => Volatile.Write(ref _enteredAt, at);

    /// <summary>True once after each <see cref="Entered"/>: the share is to be given back.</summary>
    public bool TakeEntered() => Interlocked.Exchange(ref _enteredAt, 0) != 0;

    public void Renewed(long leasedAt) => Volatile.Write(ref _leasedAt, leasedAt);

    public void Cut() => _cut.Cancel();
}
