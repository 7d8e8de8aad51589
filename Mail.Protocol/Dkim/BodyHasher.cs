using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Mail.Protocol.Dkim;

/// <summary>
/// Canonicalises a body as it arrives and hashes the result. Stretches that are canonical already go to the hash as
/// they are; only what has to change passes the small scratch buffer. A bare LF counts as a line end, because SMTP
/// turns it into CRLF; a bare CR is content.
/// </summary>
internal sealed class BodyHasher(DkimCanonicalization canonicalization, long maxBytes = long.MaxValue) : IDisposable
{
    private const byte Cr = (byte)'\r', Lf = (byte)'\n', Space = (byte)' ', Tab = (byte)'\t';
    private const int DirectBytes = 256;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly bool _relaxed = canonicalization == DkimCanonicalization.Relaxed;
    private readonly byte[] _scratch = ArrayPool<byte>.Shared.Rent(4096);
    private int _scratchUsed;
    private long _pendingLines;
    private bool _pendingSpace, _pendingCr, _hasContent;

    /// <summary>Octets of the whole canonical body, those beyond the limit included.</summary>
    public long CanonicalBytes { get; private set; }

    /// <summary>SHA-256 of the canonical body, cut to <paramref name="maxBytes"/> octets, and its full canonical length.</summary>
    public static byte[] Hash(
        in ReadOnlySequence<byte> body, DkimCanonicalization canonicalization, out long canonicalBytes, long maxBytes = long.MaxValue)
    {
        using var hasher = new BodyHasher(canonicalization, maxBytes);
        foreach (var segment in body)
            hasher.Append(segment.Span);
        var hash = hasher.Complete();
        canonicalBytes = hasher.CanonicalBytes;
        return hash;
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (IsHeldBack(data[0]))
            {
                HoldBack(data[0]);
                data = data[1..];
                continue;
            }

            EmitPending();
            var run = CanonicalRun(data);
            Emit(data[..run]);
            _hasContent = true;
            data = data[run..];
        }
    }

    public byte[] Complete()
    {
        if (_pendingCr)
        {
            EmitPending();
            _hasContent = true;
        }

        // RFC 6376 §3.4.3: empty lines at the end become one CRLF, also for an empty body; §3.4.4: not for an empty body.
        if (_hasContent || !_relaxed)
            Emit("\r\n"u8);
        FlushScratch();
        return _hash.GetHashAndReset();
    }

    public void Dispose()
    {
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_scratch);
    }

    /// <summary>Octets whose fate depends on what follows: line ends, and in relaxed white space.</summary>
    private bool IsHeldBack(byte octet) => octet is Cr or Lf || (_relaxed && octet is Space or Tab);

    private void HoldBack(byte octet)
    {
        if (octet == Lf)
        {
            // RFC 6376 §3.4.4 a: white space at the end of a line goes.
            _pendingSpace = false;
            _pendingCr = false;
            _pendingLines++;
            return;
        }

        if (_pendingCr)
        {
            EmitPending();
            _hasContent = true;
        }

        if (octet == Cr)
            _pendingCr = true;
        else
            _pendingSpace = true;
    }

    private void EmitPending()
    {
        for (; _pendingLines > 0; _pendingLines--)
            Emit("\r\n"u8);
        if (_pendingSpace)
            Emit(" "u8);
        if (_pendingCr)
            Emit("\r"u8);
        _pendingSpace = _pendingCr = false;
    }

    private void Emit(ReadOnlySpan<byte> octets)
    {
        var room = maxBytes - CanonicalBytes;
        CanonicalBytes += octets.Length;
        if (room <= 0)
            return;
        if (octets.Length > room)
            octets = octets[..(int)room];

        if (octets.Length > _scratch.Length - _scratchUsed)
            FlushScratch();
        if (octets.Length >= DirectBytes)
        {
            FlushScratch();
            _hash.AppendData(octets);
            return;
        }

        octets.CopyTo(_scratch.AsSpan(_scratchUsed));
        _scratchUsed += octets.Length;
    }

    private void FlushScratch()
    {
        if (_scratchUsed > 0)
            _hash.AppendData(_scratch, 0, _scratchUsed);
        _scratchUsed = 0;
    }

    /// <summary>
    /// Length of the longest start of <paramref name="data"/> that is its own canonical form whatever follows.
    /// The first octet is content, so it is at least 1.
    /// </summary>
    private int CanonicalRun(ReadOnlySpan<byte> data)
    {
        var run = Math.Max(1, _relaxed ? FirstRelaxedChange(data) : FirstBareLineFeed(data));
        while (run > 1 && IsHeldBack(data[run - 1]))
            run--;
        return run;
    }

    private static int FirstRelaxedChange(ReadOnlySpan<byte> data)
    {
        var i = 0;
        ref var start = ref MemoryMarshal.GetReference(data);
        for (; i + Vector256<byte>.Count < data.Length; i += Vector256<byte>.Count)
        {
            var here = Vector256.LoadUnsafe(ref start, (nuint)i);
            var next = Vector256.LoadUnsafe(ref start, (nuint)i + 1);
            var space = Vector256.Equals(here, Vector256.Create(Space))
                & (Vector256.Equals(next, Vector256.Create(Space)) | Vector256.Equals(next, Vector256.Create(Cr)));
            var bareLf = Vector256.AndNot(Vector256.Equals(next, Vector256.Create(Lf)), Vector256.Equals(here, Vector256.Create(Cr)));
            var change = space | bareLf | Vector256.Equals(here, Vector256.Create(Tab));
            if (change != Vector256<byte>.Zero)
                return i + System.Numerics.BitOperations.TrailingZeroCount(change.ExtractMostSignificantBits());
        }

        for (; i < data.Length; i++)
        {
            var next = i + 1 < data.Length ? data[i + 1] : Space;
            if (data[i] == Tab || (data[i] == Space && next is Space or Cr) || (next == Lf && data[i] != Cr))
                return i;
        }

        return data.Length;
    }

    private static int FirstBareLineFeed(ReadOnlySpan<byte> data)
    {
        for (var from = 0; ;)
        {
            var lf = data[from..].IndexOf(Lf);
            if (lf < 0)
                return data.Length;
            from += lf + 1;
            if (from == 1 || data[from - 2] != Cr)
                return from - 1;
        }
    }
}
