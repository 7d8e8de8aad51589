using System.Buffers.Binary;

namespace Mail.Core.Ids;

/// <summary>The one place where ids are made, written and read.</summary>
public static class PrefixedId
{
    private const string Alphabet = Base32.Alphabet;
    private const int EncodedLength = 26;
    private static readonly IdSequence Sequence = new();

    /// <summary>A new id. Those that one process makes within one millisecond sort in the order they were made.</summary>
    public static TId New<TId>(TimeProvider clock) where TId : struct, IPrefixedId<TId> => TId.From(Sequence.Next(clock));

    public static string Format<TId>(TId id) where TId : struct, IPrefixedId<TId> =>
        Format(TId.Prefix, id.Value);

    /// <summary>The text of an id whose kind only its prefix tells.</summary>
    public static string Format(string prefix, Guid value) =>
        string.Create(prefix.Length + 1 + EncodedLength, (prefix, value), static (span, id) =>
        {
            id.prefix.CopyTo(span);
            span[id.prefix.Length] = '_';
            Encode(id.value, span[(id.prefix.Length + 1)..]);
        });

    public static bool TryParse<TId>(ReadOnlySpan<char> text, out TId id) where TId : struct, IPrefixedId<TId>
    {
        var read = TryParse(TId.Prefix, text, out var value);
        id = read ? TId.From(value) : default;
        return read;
    }

    /// <summary>Reads an id whose kind only its prefix tells.</summary>
    public static bool TryParse(ReadOnlySpan<char> prefix, ReadOnlySpan<char> text, out Guid value)
    {
        value = default;
        return text.Length == prefix.Length + 1 + EncodedLength && text.StartsWith(prefix) && text[prefix.Length] == '_'
            && TryDecode(text[(prefix.Length + 1)..], out value);
    }

    /// <summary>26 characters, 5 bits each, most significant first: the text sorts as the UUID does.</summary>
    internal static void Encode(Guid value, Span<char> target)
    {
        var bits = ToUInt128(value);
        for (var i = EncodedLength - 1; i >= 0; i--)
        {
            target[i] = Alphabet[(int)(bits & 31)];
            bits >>= 5;
        }
    }

    internal static bool TryDecode(ReadOnlySpan<char> text, out Guid value)
    {
        value = default;
        // 26 × 5 = 130 bits: the first character carries only three.
        if (text.Length != EncodedLength || Alphabet.IndexOf(text[0]) is < 0 or > 7)
            return false;
        UInt128 bits = 0;
        foreach (var character in text)
        {
            var digit = Alphabet.IndexOf(character);
            if (digit < 0)
                return false;
            bits = (bits << 5) | (uint)digit;
        }
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        value = new Guid(bytes, bigEndian: true);
        return true;
    }

    private static UInt128 ToUInt128(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
