using Azure;

namespace Mail.Integrations.Blobs;

/// <summary>The body of a download. When the connection breaks, the rest is asked for again, of the same version of the blob.</summary>
internal sealed class ResumingStream(Stream content, long offset, long length, Func<HttpRange, CancellationToken, Task<Stream>> resume) : Stream
{
    private const int MaxResumes = 3;
    private Stream _content = content;
    private long _read;
    private int _resumes;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _read == length) return 0;
        while (true)
        {
            try
            {
                var count = await _content.ReadAsync(buffer, cancellationToken);
                if (count == 0) throw new EndOfStreamException("The blob ended early.");
                _read += count;
                return count;
            }
            catch (Exception broken) when (broken is IOException or TimeoutException or OperationCanceledException or HttpRequestException
                && !cancellationToken.IsCancellationRequested && _resumes < MaxResumes)
            {
                _resumes++;
                await _content.DisposeAsync();
                _content = await resume(new HttpRange(offset + _read, length - _read), cancellationToken);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _content.Dispose();
        base.Dispose(disposing);
    }
}
