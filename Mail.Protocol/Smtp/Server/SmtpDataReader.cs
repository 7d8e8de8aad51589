using System.Buffers;
using System.IO.Pipelines;

namespace Mail.Protocol.Smtp;

/// <summary>How the reading of message data ended.</summary>
public enum SmtpDataStatus
{
    /// <summary>The end of the data was found and nothing was wrong.</summary>
    Complete,

    /// <summary>A CR that is not part of CRLF: RFC 5321 §2.3.8. The data was read to its end.</summary>
    BareCr,

    /// <summary>An LF that is not part of CRLF: RFC 5321 §2.3.8. The data was read to its end.</summary>
    BareLf,

    /// <summary>More octets than allowed. The data was read to its end.</summary>
    TooLarge,

    /// <summary>The output was completed by its reader. The data was read to its end.</summary>
    OutputClosed,

    /// <summary>The input ended before the data did.</summary>
    Disconnected,

    /// <summary><see cref="PipeReader.CancelPendingRead"/> was called.</summary>
    Interrupted,
}

/// <summary>What was read. After anything but <see cref="SmtpDataStatus.Complete"/> the output holds a part that must not be used.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Length">Octets of the message.</param>
public readonly record struct SmtpDataResult(SmtpDataStatus Status, long Length)
{
    /// <summary>The reply for a message that is refused for its form; null when it was complete or nobody is there to reply to.</summary>
    public SmtpReply? Refusal => Status switch
    {
        SmtpDataStatus.BareCr or SmtpDataStatus.BareLf => SmtpReplies.BareLineEndInData,
        SmtpDataStatus.TooLarge => SmtpReplies.MessageTooBig,
        SmtpDataStatus.OutputClosed => SmtpReplies.InsufficientStorage,
        _ => null,
    };
}

/// <summary>Reads the message behind DATA from a pipe (RFC 5321 §4.1.1.4). See <see cref="SmtpDataDecoder"/> for the rules.</summary>
public static class SmtpDataReader
{
    /// <summary>Into a buffer of the caller, which therefore holds the whole message.</summary>
    public static ValueTask<SmtpDataResult> ReadAsync(
        PipeReader input, IBufferWriter<byte> output, long maxOctets, CancellationToken cancellationToken) =>
        ReadAsync(input, output, static (_, _) => ValueTask.FromResult(true), maxOctets, cancellationToken);

    /// <summary>Into a pipe, flushed after each read so that its back-pressure reaches the client. The writer is not completed.</summary>
    public static ValueTask<SmtpDataResult> ReadAsync(
        PipeReader input, PipeWriter output, long maxOctets, CancellationToken cancellationToken) =>
        ReadAsync(input, output, static async (pipe, token) => !(await pipe.FlushAsync(token)).IsCompleted, maxOctets, cancellationToken);

    /// <summary>Into a stream, written after each read. An exception of the stream leaves the session in the middle of the data.</summary>
    public static async ValueTask<SmtpDataResult> ReadAsync(
        PipeReader input, Stream output, long maxOctets, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        return await ReadAsync(input, buffer, FlushAsync, maxOctets, cancellationToken);

        async ValueTask<bool> FlushAsync(ArrayBufferWriter<byte> decoded, CancellationToken token)
        {
            await output.WriteAsync(decoded.WrittenMemory, token);
            decoded.ResetWrittenCount();
            return true;
        }
    }

    private static async ValueTask<SmtpDataResult> ReadAsync<T>(
        PipeReader input, T output, Func<T, CancellationToken, ValueTask<bool>> flush, long maxOctets,
        CancellationToken cancellationToken) where T : IBufferWriter<byte>
    {
        var decoder = new SmtpDataDecoder(maxOctets);
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var complete = decoder.Decode(read.Buffer, output, out var consumed);
            input.AdvanceTo(consumed);
            if (!await flush(output, cancellationToken))
                decoder.Discard(SmtpDataStatus.OutputClosed);
            if (complete)
                return new SmtpDataResult(decoder.Status, decoder.Length);
            if (read.IsCanceled)
                return new SmtpDataResult(SmtpDataStatus.Interrupted, decoder.Length);
            if (read.IsCompleted)
                return new SmtpDataResult(SmtpDataStatus.Disconnected, decoder.Length);
        }
    }
}
