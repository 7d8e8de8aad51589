using System.Buffers;

namespace Mail.Protocol.Mime;

/// <summary>Reads the decoded octets of a body without holding more than a piece of it.</summary>
internal sealed class DecodingStream(ReadOnlySequence<byte> source, ContentDecoder decoder) : Stream
{
    private const int PieceBytes = 8 * 1024;

    private readonly byte[] _piece = new byte[PieceBytes];
    private ReadOnlySequence<byte> _rest = source;
    private int _start, _end;
    private bool _finished;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_start == _end && !_finished) Fill();
        var count = Math.Min(buffer.Length, _end - _start);
        _piece.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Fill()
    {
        _start = 0;
        if (_rest.IsEmpty)
        {
            _end = decoder.Finish(_piece);
            _finished = true;
            return;
        }
        decoder.Decode(_rest.FirstSpan, _piece, out var consumed, out _end);
        _rest = _rest.Slice(consumed);
    }
}
