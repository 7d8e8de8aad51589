using System.Buffers;
using System.Security.Cryptography;

namespace Mail.Protocol.Dkim;

/// <summary>Computes the hashes that signatures of one message speak of. Body hashes are shared between signatures.</summary>
internal sealed class SignedHash(RawHeader header)
{
    private const int MaxBodyHashes = 6;

    private readonly Dictionary<(DkimCanonicalization, long), (byte[] Hash, long Bytes)> _bodies = [];
    private readonly Dictionary<string, int[]> _positions = Positions(header);

    /// <summary>Null when more different body hashes are asked for than honest signers need.</summary>
    public (byte[] Hash, long CanonicalBytes)? Body(DkimCanonicalization canonicalization, long? maxBytes)
    {
        var key = (canonicalization, maxBytes ?? long.MaxValue);
        if (_bodies.TryGetValue(key, out var known))
            return known;
        if (_bodies.Count == MaxBodyHashes)
            return null;
        var hash = BodyHasher.Hash(header.Body, canonicalization, out var bytes, key.Item2);
        return _bodies[key] = (hash, bytes);
    }

    /// <summary>RFC 6376 §3.7: the named fields from the last to the first of each name, then the signature field with an empty b=.</summary>
    public byte[] Header(SignatureTags tags, RawField signatureField, TagList list)
    {
        var data = new ArrayBufferWriter<byte>(2048);
        var used = new Dictionary<string, int>();
        foreach (var name in tags.SignedNames)
        {
            if (Next(name, used, signatureField) is { } field)
                HeaderCanonicalizer.Append(data, header.Raw(field), tags.Header);
        }

        HeaderCanonicalizer.AppendWithoutLineEnd(data, WithoutSignature(header, signatureField, list), tags.Header);
        return SHA256.HashData(data.WrittenSpan);
    }

    /// <summary>The raw field with the value of b= taken out.</summary>
    public static byte[] WithoutSignature(RawHeader header, RawField field, TagList list) =>
        [.. header.Raw(field)[..(field.ValueStart - field.Start)], .. list.Without("b")];

    private RawField? Next(byte[] name, Dictionary<string, int> used, RawField signatureField)
    {
        var key = System.Text.Encoding.UTF8.GetString(name);
        if (!_positions.TryGetValue(key, out var positions))
            return null;

        // RFC 6376 §5.4.2: bottom up; a name beyond the last field stands for nothing.
        var count = used.GetValueOrDefault(key);
        if (count < positions.Length && header.Fields[positions[^(count + 1)]] == signatureField)
            count++;
        used[key] = count + 1;
        return count < positions.Length ? header.Fields[positions[^(count + 1)]] : null;
    }

    private static Dictionary<string, int[]> Positions(RawHeader header) => header.Fields
        .Select((field, index) => (Name: System.Text.Encoding.ASCII.GetString(header.Name(field)).ToLowerInvariant(), index))
        .GroupBy(entry => entry.Name)
        .ToDictionary(group => group.Key, group => group.Select(entry => entry.index).ToArray());
}
