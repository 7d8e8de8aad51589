using System.Buffers;
using Mail.Core.ApiKeys;
using Microsoft.AspNetCore.Http.Metadata;

namespace Mail.Api.Http.Json;

/// <summary>
/// The bytes of a request body in a buffer that grows with what arrives, not with what was announced. Beyond 1 MB there must be room in
/// <see cref="RequestMemory"/> for all that can come; then what was announced is believed.
/// </summary>
internal sealed class BodyBytes : IDisposable
{
    private const int FirstRent = 16 * 1024;

    // The pool keeps what it gets back for each thread; a few large bodies would stay in memory many times.
    private const int LargestRent = 1024 * 1024;
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private byte[] _buffer = [];
    private int _length;
    private IDisposable? _room;

    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            var bytes = _buffer.AsMemory(0, _length);
            return bytes.Span.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
        }
    }

    /// <summary>Reads to the end; null, with the reason, when the body is larger than the endpoint allows or than there is room for.</summary>
    public static async ValueTask<(BodyBytes? Bytes, Problem? Refusal)> ReadAsync(HttpContext context)
    {
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? ApiLimits.MaxBodyBytes;
        var most = context.Request.ContentLength ?? limit;
        if (most > limit)
            return (null, TooLarge());
        var bytes = new BodyBytes { _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(most + 1, FirstRent)) };
        context.Response.RegisterForDispose(bytes);
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(bytes._buffer.AsMemory(bytes._length), context.RequestAborted);
            bytes._length += read;
            if (bytes._length > most)
                return (null, TooLarge());
            if (read == 0)
                return (bytes, null);
            if (bytes._length == bytes._buffer.Length && !await bytes.TryGrowAsync(context, most))
                return (null, Problem.Unavailable("Too many large requests are being read. Try again."));
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        _length = 0;
        Return(buffer);
        _room?.Dispose();
    }

    private async ValueTask<bool> TryGrowAsync(HttpContext context, long most)
    {
        var size = _buffer.Length * 2L;
        if (size > LargestRent && _room is null)
        {
            var memory = context.RequestServices.GetRequiredService<RequestMemory>();
            _room = await memory.TakeAsync(context.Features.Get<Caller>()?.Organization, most, context.RequestAborted);
            if (_room is null)
                return false;
            size = context.Request.ContentLength is null ? size : most + 1;
        }
        // One more than can come, to see the end.
        size = Math.Min(size, most + 1);
        var larger = size > LargestRent ? GC.AllocateUninitializedArray<byte>((int)size) : ArrayPool<byte>.Shared.Rent((int)size);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        Return(_buffer);
        _buffer = larger;
        return true;
    }

    private static Problem TooLarge() => new(ProblemKind.PayloadTooLarge, "The body is larger than this route takes.");

    private static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= LargestRent)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
