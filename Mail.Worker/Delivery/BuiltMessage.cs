using System.Buffers;

namespace Mail.Worker.Delivery;

/// <summary>A signed message as octets: signatures in front, then what was signed. Disposing gives the buffer back.</summary>
internal sealed class BuiltMessage(IReadOnlyList<byte[]> signatures, PooledBuffer message, bool needsUtf8) : IDisposable
{
    /// <summary>A header has an address that only SMTPUTF8 can carry.</summary>
    public bool NeedsUtf8 => needsUtf8;

    /// <summary>The host of the sender's own return path; null for that of the installation.</summary>
    public string? ReturnPathHost { get; init; }

    public ReadOnlySequence<byte> Octets { get; } = Join(signatures, message.Written);

    public void Dispose() => message.Dispose();

    private static ReadOnlySequence<byte> Join(IReadOnlyList<byte[]> signatures, ReadOnlyMemory<byte> message)
    {
        if (signatures.Count == 0)
            return new ReadOnlySequence<byte>(message);
        var first = new Segment(signatures[0], 0);
        var last = first;
        foreach (var signature in signatures.Skip(1))
            last = last.Append(signature);
        last = last.Append(message);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}

internal abstract record BuildOutcome
{
    private BuildOutcome()
    {
    }

    public sealed record Built(BuiltMessage Message) : BuildOutcome;

    public sealed record NotBuilt(Verdict Verdict) : BuildOutcome;
}
