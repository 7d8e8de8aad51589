using System.Buffers;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Bodies;

/// <summary>The memory for messages, in blocks, counted over all sessions.</summary>
internal sealed class BodyMemory(IOptions<BodyOptions> options)
{
    public const int BlockBytes = 16 * 1024;

    private readonly long _allowed = options.Value.TotalMemoryBytes / BlockBytes;
    private long _taken;

    /// <summary>How many blocks are in use.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <param name="isOver">More are in use than should be: what is in this one belongs into a file with the next flush.</param>
    public byte[] Take(out bool isOver)
    {
        isOver = Interlocked.Increment(ref _taken) > _allowed;
        return ArrayPool<byte>.Shared.Rent(BlockBytes);
    }

    public void Return(byte[] block)
    {
        ArrayPool<byte>.Shared.Return(block);
        Interlocked.Decrement(ref _taken);
    }
}
