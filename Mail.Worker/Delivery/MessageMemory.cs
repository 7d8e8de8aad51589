using Mail.Core.Queue;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>
/// The memory for messages that are under way. Those with attachments share a bounded room, in the order they come, so that
/// many large ones at one time make each other wait and not the process die; those without never wait.
/// </summary>
internal sealed class MessageMemory(IOptions<QueueOptions> options)
{
    private const int HeaderAndStructure = 2048;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiting> _waiting = new();
    private readonly Dictionary<string, long> _takenBy = new(StringComparer.Ordinal);
    private readonly long _room = options.Value.MaxAttachedBytesInMemory;
    private long _taken;

    /// <summary>Memory for the message of an item; disposing it lets the next one begin.</summary>
    public async ValueTask<PooledBuffer> TakeAsync(DeliveryJob job, string destination, CancellationToken cancellationToken)
    {
        var text = HeaderAndStructure + (job.Html?.Length ?? 0) + (job.Text?.Length ?? 0);
        if (job.Attachments.Count == 0)
            return new PooledBuffer(text);
        // Base64 in lines: 78 octets for 57.
        var bytes = text + job.Attachments.Sum(attachment => attachment.Size) * 7 / 5;
        await EnterAsync(new Waiting(destination, bytes), cancellationToken);
        return new PooledBuffer((int)Math.Min(bytes, int.MaxValue), new Taken(this, destination, bytes));
    }

    private async Task EnterAsync(Waiting waiting, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _waiting.AddLast(waiting);
            LetEnter();
        }
        await using var cut = cancellationToken.UnsafeRegister(_ => waiting.Turn.TrySetCanceled(cancellationToken), null);
        await waiting.Turn.Task;
    }

    // Who waits for what others have is passed by nobody; who waits only for what goes to the same destination is.
    private void LetEnter()
    {
        for (var node = _waiting.First; node is not null;)
        {
            var (next, waiting) = (node.Next, node.Value);
            var own = _takenBy.GetValueOrDefault(waiting.Destination);
            if (waiting.Turn.Task.IsCompleted)
                _waiting.Remove(node);
            else if (Fits(own, waiting.Bytes))
            {
                _waiting.Remove(node);
                if (waiting.Turn.TrySetResult())
                    Take(waiting.Destination, waiting.Bytes);
            }
            else if (own == 0)
                return;
            node = next;
        }
    }

    // No destination has more than is left for others, as with places (Destination.RoomOf): few that hang must not stop all mail with
    // attachments. A message that is larger than the whole room goes alone.
    private bool Fits(long own, long bytes) => _taken == 0 || own + bytes <= _room - _taken;

    private void Take(string destination, long bytes)
    {
        _taken += bytes;
        var own = _takenBy.GetValueOrDefault(destination) + bytes;
        if (own == 0)
            _takenBy.Remove(destination);
        else
            _takenBy[destination] = own;
    }

    private void Leave(string destination, long bytes)
    {
        lock (_gate)
        {
            Take(destination, -bytes);
            LetEnter();
        }
    }

    private sealed record Waiting(string Destination, long Bytes)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Taken(MessageMemory memory, string destination, long bytes) : IDisposable
    {
        private MessageMemory? _memory = memory;

        public void Dispose() => Interlocked.Exchange(ref _memory, null)?.Leave(destination, bytes);
    }
}
