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
    private readonly Queue<(long Bytes, TaskCompletionSource Turn)> _waiting = new();
    private readonly long _room = options.Value.MaxAttachedBytesInMemory;
    private long _taken;

    /// <summary>Memory for the message of an item; disposing it lets the next one begin.</summary>
    public async ValueTask<PooledBuffer> TakeAsync(DeliveryJob job, CancellationToken cancellationToken)
    {
        var text = HeaderAndStructure + (job.Html?.Length ?? 0) + (job.Text?.Length ?? 0);
        if (job.Attachments.Count == 0)
            return new PooledBuffer(text);
        // Base64 in lines: 78 octets for 57.
        var bytes = text + job.Attachments.Sum(attachment => attachment.Size) * 7 / 5;
        await EnterAsync(bytes, cancellationToken);
        return new PooledBuffer((int)Math.Min(bytes, int.MaxValue), new Taken(this, bytes));
    }

    private async Task EnterAsync(long bytes, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (_waiting.Count == 0 && Fits(bytes))
            {
                _taken += bytes;
                return;
            }
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, turn));
        }
        await using var cut = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        await turn.Task;
    }

    // One that is larger than the whole room goes alone.
    private bool Fits(long bytes) => _taken == 0 || _taken + bytes <= _room;

    private void Leave(long bytes)
    {
        lock (_gate)
        {
            _taken -= bytes;
            while (_waiting.TryPeek(out var next) && (next.Turn.Task.IsCompleted || Fits(next.Bytes)))
            {
                _waiting.Dequeue();
                if (next.Turn.TrySetResult())
                    _taken += next.Bytes;
            }
        }
    }

    private sealed class Taken(MessageMemory memory, long bytes) : IDisposable
    {
        private MessageMemory? _memory = memory;

        public void Dispose() => Interlocked.Exchange(ref _memory, null)?.Leave(bytes);
    }
}
