using System.Buffers;

namespace Mail.Protocol.Mime;

/// <summary>Reads a mail from a stream.</summary>
public static class MimeReader
{
    private const int FirstPiece = 16 * 1024;
    private const int LargestPiece = 1 << 20;

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            RunningIndex = previous is null ? 0 : previous.RunningIndex + previous.Memory.Length;
            if (previous is not null) previous.Next = this;
        }
    }

    /// <summary>
    /// Reads a mail in pieces that grow to 1 MiB and are never joined: memory is that of the mail, once. Beyond
    /// <see cref="MimeLimits.MaxBytes"/> nothing is read.
    /// </summary>
    public static async ValueTask<MimeMessage> ReadAsync(Stream stream, MimeLimits? limits = null, CancellationToken cancellationToken = default)
    {
        limits ??= MimeLimits.Default;
        Segment? first = null, last = null;
        var (total, size) = (0L, FirstPiece);
        while (total <= limits.MaxBytes)
        {
            var piece = new byte[size];
            var read = await stream.ReadAtLeastAsync(piece, size, throwOnEndOfStream: false, cancellationToken);
            last = new Segment(piece.AsMemory(0, read), last);
            first ??= last;
            total += read;
            if (read < size) break;
            size = Math.Min(2 * size, LargestPiece);
        }
        return MimeMessage.Parse(new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length), limits);
    }
}
