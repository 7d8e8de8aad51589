using System.Buffers;
using System.Text;
using Mail.Protocol.Dkim;

namespace Mail.Protocol.AuthenticationResults;

/// <summary>
/// Takes forged <c>Authentication-Results</c> off an incoming message (RFC 8601 §5): those that claim to be ours,
/// and those that cannot be read and so might be taken for ours by others.
/// </summary>
public static class AuthenticationResultsStripper
{
    private const int MaxHeaderBytes = 16 * 1024 * 1024;

    /// <summary>The message without those fields. Nothing is copied; the message itself when there is nothing to take off.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="isOurs">Whether an authentication identifier is one of ours; compare without case.</param>
    /// <exception cref="ArgumentException">A header of more than 16 MiB.</exception>
    public static ReadOnlySequence<byte> Strip(ReadOnlySequence<byte> message, Func<string, bool> isOurs)
    {
        var header = RawHeader.Read(message, MaxHeaderBytes, int.MaxValue)
            ?? throw new ArgumentException("The message has too large a header.", nameof(message));

        var kept = new List<ReadOnlyMemory<byte>>();
        long start = 0;
        foreach (var field in header.Fields)
        {
            if (!header.Is(field, "Authentication-Results"u8) || !IsForged(header.Value(field), isOurs))
                continue;
            Keep(kept, message.Slice(start, field.Start - start));
            start = field.Start + field.Length;
            start += LineEnd(message.Slice(start));
        }

        if (start == 0)
            return message;
        Keep(kept, message.Slice(start));
        return Join(kept);
    }

    private static bool IsForged(ReadOnlySpan<byte> value, Func<string, bool> isOurs) =>
        AuthenticationResultsReader.ReadAuthservId(Encoding.UTF8.GetString(value)) is not { } id || isOurs(id);

    private static int LineEnd(in ReadOnlySequence<byte> rest)
    {
        var reader = new SequenceReader<byte>(rest);
        return (reader.IsNext((byte)'\r', advancePast: true) ? 1 : 0) + (reader.IsNext((byte)'\n', advancePast: true) ? 1 : 0);
    }

    private static void Keep(List<ReadOnlyMemory<byte>> kept, in ReadOnlySequence<byte> slice)
    {
        foreach (var memory in slice)
        {
            if (!memory.IsEmpty)
                kept.Add(memory);
        }
    }

    private static ReadOnlySequence<byte> Join(List<ReadOnlyMemory<byte>> pieces)
    {
        if (pieces.Count == 0)
            return ReadOnlySequence<byte>.Empty;
        var first = new Piece(pieces[0], 0);
        var last = first;
        foreach (var piece in pieces.Skip(1))
            last = last.Append(piece);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
