using System.Buffers;
using Microsoft.AspNetCore.Http.Metadata;

namespace Mail.Api.Http.Json;

/// <summary>The bytes of a request body in a rented buffer that grows with what arrives, not with what was announced.</summary>
internal sealed class BodyBytes : IDisposable
{
    private const int FirstRent = 16 * 1024;

    // The pool keeps what it gets back for each thread; a few large bodies would stay in memory many times.
    private const int LargestRent = 1024 * 1024;
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private byte[] _buffer = [];
    private int _length;

    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            var bytes = _buffer.AsMemory(0, _length);
            return bytes.Span.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
        }
    }

    /// <summary>Reads to the end; null when the body is larger than the endpoint allows.</summary>
    public static async ValueTask<BodyBytes?> ReadAsync(HttpContext context)
    {
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? ApiLimits.MaxBodyBytes;
        var announced = context.Request.ContentLength;
        if (announced > limit)
            return null;
        var bytes = new BodyBytes { _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(announced + 1 ?? FirstRent, FirstRent)) };
        context.Response.RegisterForDispose(bytes);
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(bytes._buffer.AsMemory(bytes._length), context.RequestAborted);
            bytes._length += read;
            if (bytes._length > limit)
                return null;
            if (read == 0)
                return bytes;
            if (bytes._length == bytes._buffer.Length)
                bytes.Grow();
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        _length = 0;
        Return(buffer);
    }

    private void Grow()
    {
        var size = _buffer.Length * 2;
        var larger = size > LargestRent ? GC.AllocateUninitializedArray<byte>(size) : ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        Return(_buffer);
        _buffer = larger;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= LargestRent)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
