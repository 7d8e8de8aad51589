using System.Buffers;
using System.IO.Pipelines;

namespace Mail.Protocol.Smtp;

/// <summary>Reads the octets behind BDAT: exactly as many as announced, whatever they are (RFC 3030 §2).</summary>
public static class BdatReader
{
    /// <summary>Copies a chunk into <paramref name="output"/>; a chunk over the limit is read to its end and not written.</summary>
    /// <param name="input">The connection.</param>
    /// <param name="output">Where the chunk goes; a <see cref="PipeWriter"/> is flushed after each read.</param>
    /// <param name="octets">The announced size.</param>
    /// <param name="allowedOctets">How many octets the message may still have.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<SmtpDataResult> ReadAsync(
        PipeReader input, IBufferWriter<byte> output, long octets, long allowedOctets, CancellationToken cancellationToken)
    {
        var status = octets > allowedOctets ? SmtpDataStatus.TooLarge : SmtpDataStatus.Complete;
        for (var left = octets; left > 0;)
        {
            var read = await input.ReadAsync(cancellationToken);
            var chunk = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            if (status == SmtpDataStatus.Complete)
            {
                foreach (var segment in chunk)
                    output.Write(segment.Span);
            }
            left -= chunk.Length;
            input.AdvanceTo(chunk.End);
            if (output is PipeWriter pipe && (await pipe.FlushAsync(cancellationToken)).IsCompleted)
                status = SmtpDataStatus.OutputClosed;
            if (left > 0 && (read.IsCanceled || read.IsCompleted))
                return new SmtpDataResult(read.IsCanceled ? SmtpDataStatus.Interrupted : SmtpDataStatus.Disconnected, octets - left);
        }
        return new SmtpDataResult(status, octets);
    }
}
