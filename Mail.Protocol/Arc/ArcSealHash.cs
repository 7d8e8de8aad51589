using System.Buffers;
using System.Security.Cryptography;
using Mail.Protocol.Dkim;

namespace Mail.Protocol.Arc;

/// <summary>The hash that an <c>ARC-Seal</c> signs (RFC 8617 §5.1.1): all sets so far, always relaxed.</summary>
internal static class ArcSealHash
{
    public static byte[] Of(RawHeader header, IEnumerable<ArcFields> sets)
    {
        var data = new ArrayBufferWriter<byte>(4096);
        ArcField? newest = null;
        foreach (var set in sets)
        {
            if (newest is not null)
                Append(data, header.Raw(newest.Raw));
            Append(data, header.Raw(set.Results.Raw));
            Append(data, header.Raw(set.MessageSignature.Raw));
            newest = set.Seal;
        }

        var seal = SignedHash.WithoutSignature(header, newest!.Raw, newest.Tags!);
        HeaderCanonicalizer.AppendWithoutLineEnd(data, seal, DkimCanonicalization.Relaxed);
        return SHA256.HashData(data.WrittenSpan);
    }

    public static void Append(IBufferWriter<byte> data, ReadOnlySpan<byte> field) =>
        HeaderCanonicalizer.Append(data, field, DkimCanonicalization.Relaxed);
}
