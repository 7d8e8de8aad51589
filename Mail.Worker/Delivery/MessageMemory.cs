using Mail.Core.Memory;
using Mail.Core.Queue;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>
/// The memory for messages that are under way. Those with attachments share a bounded room, destination beside destination: few that
/// hang must not stop all mail with attachments. Those without never wait.
/// </summary>
internal sealed class MessageMemory(IOptions<QueueOptions> options)
{
    private const int HeaderAndStructure = 2048;

    private readonly MemoryRoom _room = MemoryRoom.OfProcess(options.Value.MaxAttachedBytesInMemory);

    /// <summary>Memory for the message of an item; disposing it lets the next one begin.</summary>
    public async ValueTask<PooledBuffer> TakeAsync(DeliveryJob job, string destination, CancellationToken cancellationToken)
    {
        var text = HeaderAndStructure + (job.Html?.Length ?? 0) + (job.Text?.Length ?? 0);
        if (job.Attachments.Count == 0)
            return new PooledBuffer(text);
        // Base64 in lines: 78 octets for 57.
        var bytes = text + job.Attachments.Sum(attachment => attachment.Size) * 7 / 5;
        var taken = await _room.TakeAsync(destination, bytes, cancellationToken);
        return new PooledBuffer((int)Math.Min(bytes, int.MaxValue), taken);
    }
}
