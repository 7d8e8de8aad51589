using System.Buffers;

namespace Mail.Core.Inbound;

/// <summary>Puts fields in front of a mail without copying it.</summary>
public sealed class OctetPieces : ReadOnlySequenceSegment<byte>
{
    private OctetPieces(ReadOnlyMemory<byte> octets, long index)
    {
        Memory = octets;
        RunningIndex = index;
    }

    public static ReadOnlySequence<byte> Join(ReadOnlyMemory<byte> first, ReadOnlySequence<byte> rest)
    {
        var start = new OctetPieces(first, 0);
        var end = start;
        foreach (var piece in rest)
            end = end.Append(piece);
        return new ReadOnlySequence<byte>(start, 0, end, end.Memory.Length);
    }

    private OctetPieces Append(ReadOnlyMemory<byte> octets)
    {
        var next = new OctetPieces(octets, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
