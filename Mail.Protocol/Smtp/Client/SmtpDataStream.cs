using System.Buffers;

namespace Mail.Protocol.Smtp;

/// <summary>The stream a content writes itself to during DATA: encodes into the channel's buffer and flushes when it is full.</summary>
/// <remarks>Synchronous writes only buffer; the next asynchronous one sends.</remarks>
internal class SmtpDataStream(SmtpChannel channel, SmtpTimeouts timeouts, bool stuffDots) : Stream
{
    private const int Slice = 16 * 1024;
    private const int FlushAt = 32 * 1024;
    private SmtpDotStuffer _encoder = new(stuffDots);

    protected virtual IBufferWriter<byte> Target => channel.Output;

    protected virtual bool IsFull => channel.Output.WrittenCount >= FlushAt;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var length = Math.Min(Slice, buffer.Length);
            _encoder.Write(buffer.Span[..length], Target);
            buffer = buffer[length..];
            // The channel keeps why; the exception only leads out of the content's writer.
            if (IsFull && !await SendAsync())
                throw new IOException("The SMTP connection failed.");
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => _encoder.Write(buffer, Target);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Ends the message and sends the rest; false when the channel failed.</summary>
    public virtual ValueTask<bool> CompleteAsync()
    {
        _encoder.Finish(channel.Output);
        // From here on the server may have the whole message: RFC 1047.
        return channel.FlushAsync(SmtpStage.EndOfData, timeouts.DataBlock);
    }

    protected void Finish() => _encoder.Finish(Target);

    protected virtual ValueTask<bool> SendAsync() => channel.FlushAsync(SmtpStage.Data, timeouts.DataBlock);
}
