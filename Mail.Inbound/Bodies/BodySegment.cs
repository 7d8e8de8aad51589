using System.Buffers;

namespace Mail.Inbound.Bodies;

/// <summary>One of the pieces of memory that a message lies in.</summary>
internal sealed class BodySegment : ReadOnlySequenceSegment<byte>
{
    private BodySegment(ReadOnlyMemory<byte> octets, long index)
    {
        Memory = octets;
        RunningIndex = index;
    }

    public static ReadOnlySequence<byte> Join(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        BodySegment? first = null, last = null;
        foreach (var piece in pieces)
        {
            var next = new BodySegment(piece, last is null ? 0 : last.RunningIndex + last.Memory.Length);
            if (last is not null)
                last.Next = next;
            (first, last) = (first ?? next, next);
        }
        return last is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first!, 0, last, last.Memory.Length);
    }
}
