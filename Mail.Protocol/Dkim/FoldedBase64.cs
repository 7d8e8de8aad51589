using System.Buffers.Text;

namespace Mail.Protocol.Dkim;

/// <summary>Base64 over lines of 72 characters, as a signature stands at the end of its field.</summary>
internal static class FoldedBase64
{
    private const int Chunk = 54;

    /// <summary>The field with the encoded octets and CRLF behind it.</summary>
    public static byte[] AppendTo(ReadOnlySpan<byte> field, ReadOnlySpan<byte> octets)
    {
        var lines = (octets.Length + Chunk - 1) / Chunk;
        var result = new byte[field.Length + Base64.GetMaxEncodedToUtf8Length(octets.Length) + (3 * (lines - 1)) + 2];
        field.CopyTo(result);
        var at = field.Length;
        while (true)
        {
            var take = Math.Min(Chunk, octets.Length);
            Base64.EncodeToUtf8(octets[..take], result.AsSpan(at), out _, out var written);
            at += written;
            octets = octets[take..];
            if (octets.IsEmpty)
                break;
            "\r\n\t"u8.CopyTo(result.AsSpan(at));
            at += 3;
        }

        "\r\n"u8.CopyTo(result.AsSpan(at));
        return result;
    }
}
