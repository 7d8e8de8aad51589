using System.Buffers;

namespace Mail.Protocol.Tests.Mime;

/// <summary>Octets cut into a sequence of small pieces, as they come from a network.</summary>
internal static class Pieces
{
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }

    internal static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> octets, int size)
    {
        var first = new Segment(octets[..Math.Min(size, octets.Length)], null);
        var last = first;
        for (var at = size; at < octets.Length; at += size) last = new Segment(octets.Slice(at, Math.Min(size, octets.Length - at)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
