namespace Mail.Core.Ids;

/// <summary>Crockford's base 32 in lower case, without padding: survives systems that fold the case of local parts.</summary>
internal static class Base32
{
    public const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static int LengthOf(int bytes) => (bytes * 8 + 4) / 5;

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[LengthOf(bytes.Length)];
        var (bits, pending, written) = (0u, 0, 0);
        foreach (var value in bytes)
        {
            bits = (bits << 8) | value;
            for (pending += 8; pending >= 5; pending -= 5)
                text[written++] = Alphabet[(int)(bits >> (pending - 5)) & 31];
        }
        if (pending > 0)
            text[written] = Alphabet[(int)(bits << (5 - pending)) & 31];
        return new string(text);
    }

    /// <summary>Reads exactly as many bytes as the target holds; false for any other length or character.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> target)
    {
        if (text.Length != LengthOf(target.Length))
            return false;
        var (bits, pending, written) = (0u, 0, 0);
        foreach (var character in text)
        {
            var digit = Alphabet.IndexOf(char.ToLowerInvariant(character));
            if (digit < 0)
                return false;
            bits = (bits << 5) | (uint)digit;
            pending += 5;
            if (pending < 8)
                continue;
            pending -= 8;
            target[written++] = (byte)(bits >> pending);
        }
        // Bits beyond the last byte are zero: one token has one spelling.
        return written == target.Length && (bits & ((1u << pending) - 1)) == 0;
    }
}
