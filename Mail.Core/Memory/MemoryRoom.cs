namespace Mail.Core.Memory;

/// <summary>
/// Memory that many share, taken before it is allocated: who finds too little left waits for others, in the order they came, so that
/// many large things at one time make each other wait instead of taking all memory. Nobody takes more than is left for others.
/// </summary>
/// <param name="room">Bytes. What is larger than all of it goes alone.</param>
public sealed class MemoryRoom(long room)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiting> _waiting = new();
    private readonly Dictionary<string, long> _takenBy = new(StringComparer.Ordinal);
    private long _taken;

    /// <summary>So many bytes, or a quarter of what this process may have when that is less.</summary>
    public static MemoryRoom OfProcess(long most) => new(Math.Min(most, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4));

    /// <summary>Disposing what comes back lets the next one begin.</summary>
    /// <param name="owner">Who takes them, as one of those that share.</param>
    public async ValueTask<IDisposable> TakeAsync(string owner, long bytes, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(owner, bytes);
        lock (_gate)
        {
            _waiting.AddLast(waiting);
            LetEnter();
        }
        await using var cut = cancellationToken.UnsafeRegister(_ => GiveUp(waiting, cancellationToken), null);
        await waiting.Turn.Task;
        return new Taken(this, owner, bytes);
    }

    // Those behind may have waited for this one only.
    private void GiveUp(Waiting waiting, CancellationToken cancellationToken)
    {
        if (!waiting.Turn.TrySetCanceled(cancellationToken))
            return;
        lock (_gate)
            LetEnter();
    }

    // Who waits for what others have is passed by nobody; who waits only for what the same owner has is.
    private void LetEnter()
    {
        for (var node = _waiting.First; node is not null;)
        {
            var (next, waiting) = (node.Next, node.Value);
            var own = _takenBy.GetValueOrDefault(waiting.Owner);
            if (waiting.Turn.Task.IsCompleted)
                _waiting.Remove(node);
            else if (Fits(own, waiting.Bytes))
            {
                _waiting.Remove(node);
                if (waiting.Turn.TrySetResult())
                    Take(waiting.Owner, waiting.Bytes);
            }
            else if (own == 0)
                return;
            node = next;
        }
    }

    private bool Fits(long own, long bytes) => _taken == 0 || own + bytes <= room - _taken;

    private void Take(string owner, long bytes)
    {
        _taken += bytes;
        var own = _takenBy.GetValueOrDefault(owner) + bytes;
        if (own == 0)
            _takenBy.Remove(owner);
        else
            _takenBy[owner] = own;
    }

    private void Leave(string owner, long bytes)
    {
        lock (_gate)
        {
            Take(owner, -bytes);
            LetEnter();
        }
    }

    private sealed record Waiting(string Owner, long Bytes)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Taken(MemoryRoom room, string owner, long bytes) : IDisposable
    {
        private MemoryRoom? _room = room;

        public void Dispose() => Interlocked.Exchange(ref _room, null)?.Leave(owner, bytes);
    }
}
