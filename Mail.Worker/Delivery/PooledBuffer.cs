using System.Buffers;

namespace Mail.Worker.Delivery;

/// <summary>
/// Memory of the shared pool that grows piece by piece, so that a large message needs neither one large piece of memory nor a
/// copy of itself to grow.
/// </summary>
/// <param name="room">Given back with the memory.</param>
internal sealed class PooledBuffer(int capacity, IDisposable? room = null) : IBufferWriter<byte>, IDisposable
{
    private const int PieceBytes = 256 * 1024;

    private readonly List<(byte[] Memory, int Length)> _full = [];
    private byte[] _last = ArrayPool<byte>.Shared.Rent(Math.Min(capacity, PieceBytes));
    private int _length;

    /// <summary>Everything written so far; valid until the next write.</summary>
    public ReadOnlySequence<byte> Written
    {
        get
        {
            if (_full.Count == 0)
                return new ReadOnlySequence<byte>(_last, 0, _length);
            var first = new BufferSegment(_full[0].Memory.AsMemory(0, _full[0].Length));
            var last = first;
            foreach (var (memory, length) in _full.Skip(1))
                last = last.Append(memory.AsMemory(0, length));
            last = last.Append(_last.AsMemory(0, _length));
            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_last.Length - _length < Math.Max(sizeHint, 1))
        {
            _full.Add((_last, _length));
            (_last, _length) = (ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, PieceBytes)), 0);
        }
        return _last.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        foreach (var (memory, _) in _full)
            ArrayPool<byte>.Shared.Return(memory);
        _full.Clear();
        if (_last.Length > 0)
            ArrayPool<byte>.Shared.Return(_last);
        (_last, _length) = ([], 0);
        room?.Dispose();
    }
}

/// <summary>One of the pieces that make a sequence.</summary>
internal sealed class BufferSegment : ReadOnlySequenceSegment<byte>
{
    public BufferSegment(ReadOnlyMemory<byte> memory, long runningIndex = 0)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    public BufferSegment Append(ReadOnlyMemory<byte> memory)
    {
        var next = new BufferSegment(memory, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
