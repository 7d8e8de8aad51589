using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mail.Core.Ids;

/// <summary>UUIDv7s that grow, also within one millisecond. Any number of threads may ask.</summary>
internal sealed class IdSequence
{
    private const int CounterBits = 12;
    // A clock that was set back further than this is followed, so that ids stay near the time they were made.
    private const long MaxAhead = 1 << CounterBits + 4;

    // Asking the system for eight octets costs as much as for hundreds.
    private const int RandomOctets = 512;
    [ThreadStatic] private static byte[]? _random;
    [ThreadStatic] private static int _used;

    // The newest millisecond and, below it, the counter within it.
    private long _last;

    public Guid Next(TimeProvider clock)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits;
        long last, next;
        do
        {
            last = Volatile.Read(ref _last);
            // RFC 9562 §6.2 method 1: a counter in rand_a; when it overflows, it runs into the next millisecond.
            next = last >= now && last - now < MaxAhead ? last + 1 : now;
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);
        return Version7(next);
    }

    // RFC 9562 §5.7: 48 bits of milliseconds, version, 12 bits rand_a, variant, 62 bits of randomness.
    private static Guid Version7(long millisecondsAndCounter)
    {
        Span<byte> bytes = stackalloc byte[16];
        FillRandom(bytes[8..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes, millisecondsAndCounter << 4);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | (millisecondsAndCounter & 0xFFF)));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    private static void FillRandom(Span<byte> target)
    {
        if (_random is null || _used + target.Length > RandomOctets)
        {
            RandomNumberGenerator.Fill(_random ??= new byte[RandomOctets]);
            _used = 0;
        }
        _random.AsSpan(_used, target.Length).CopyTo(target);
        _used += target.Length;
    }
}
