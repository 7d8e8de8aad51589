using System.Buffers.Binary;

namespace Mail.Bench.Load;

/// <summary>A file that is made while it is read: 100 MB that no other file has, and that no disk is read for.</summary>
internal sealed class FileBytes(long length = FileBytes.Megabytes * 1_000_000L) : Stream
{
    public const int Megabytes = 100;
    private static readonly byte[] Block = MakeBlock();
    private static long _files;

    private readonly long _file = Interlocked.Increment(ref _files);
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var at = (int)(_position % Block.Length);
        var count = (int)Math.Min(Math.Min(buffer.Length, Block.Length - at), length - _position);
        Block.AsSpan(at, count).CopyTo(buffer);
        if (_position == 0 && count >= sizeof(long))
            BinaryPrimitives.WriteInt64LittleEndian(buffer, _file);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static byte[] MakeBlock()
    {
        var block = new byte[1 << 20];
        new Random(1).NextBytes(block);
        return block;
    }
}
