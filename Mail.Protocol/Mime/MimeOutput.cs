using System.Buffers;
using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>A staging buffer before an <see cref="IBufferWriter{T}"/> that knows the column of the header line it is in.</summary>
internal sealed class MimeOutput(IBufferWriter<byte> target) : IDisposable
{
    private const int StagingBytes = 16 * 1024;
    private const int MaxHeaderLine = 78;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(StagingBytes);
    private int _length;
    private long _flushed;
    private byte _lastFlushed = (byte)'\n';

    /// <summary>Octets written so far.</summary>
    internal long Size => _flushed + _length;

    /// <summary>Octets on the current line. Only header writing keeps it.</summary>
    internal int Column { get; set; }

    /// <summary>Where a header line is folded: 78 (RFC 5322 §2.1.1), 76 once it has an encoded word (RFC 2047 §2).</summary>
    internal int FoldAt { get; set; } = MaxHeaderLine;

    /// <summary>True at the start and behind a line end.</summary>
    internal bool AtLineStart => (_length > 0 ? _buffer[_length - 1] : _lastFlushed) == (byte)'\n';

    internal Span<byte> GetSpan(int size)
    {
        if (_buffer.Length - _length < size) Grow(size);
        return _buffer.AsSpan(_length);
    }

    internal void Advance(int count)
    {
        _length += count;
        Column += count;
    }

    internal void Write(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(GetSpan(octets.Length));
        Advance(octets.Length);
    }

    internal void WriteByte(byte octet)
    {
        GetSpan(1)[0] = octet;
        Advance(1);
    }

    internal void WriteUtf8(ReadOnlySpan<char> text) =>
        Advance(Encoding.UTF8.GetBytes(text, GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    internal void EndLine()
    {
        Write("\r\n"u8);
        Column = 0;
        FoldAt = MaxHeaderLine;
    }

    /// <summary>A space, or a fold when what follows would pass <see cref="FoldAt"/> (RFC 5322 §2.2.3).</summary>
    internal void SpaceOrFold(int nextLength)
    {
        if (Column > 1 && Column + 1 + nextLength > FoldAt) EndLine();
        WriteByte((byte)' ');
    }

    internal void Flush()
    {
        if (_length == 0) return;
        target.Write(_buffer.AsSpan(0, _length));
        _flushed += _length;
        _lastFlushed = _buffer[_length - 1];
        _length = 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Grow(int size)
    {
        Flush();
        if (_buffer.Length >= size) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(size);
    }
}
