using System.Buffers;
using System.Text;

namespace Mail.Protocol.Dkim;

/// <summary>Writes header fields in canonical form (RFC 6376 §3.4.1, §3.4.2).</summary>
internal static class HeaderCanonicalizer
{
    /// <summary>The field and CRLF.</summary>
    public static void Append(IBufferWriter<byte> output, ReadOnlySpan<byte> field, DkimCanonicalization canonicalization)
    {
        AppendWithoutLineEnd(output, field, canonicalization);
        output.Write("\r\n"u8);
    }

    /// <summary>RFC 6376 §3.7: the signature field itself is hashed without its CRLF.</summary>
    public static void AppendWithoutLineEnd(IBufferWriter<byte> output, ReadOnlySpan<byte> field, DkimCanonicalization canonicalization)
    {
        if (canonicalization == DkimCanonicalization.Relaxed)
            AppendRelaxed(output, field);
        else
            AppendSimple(output, field);
    }

    private static void AppendSimple(IBufferWriter<byte> output, ReadOnlySpan<byte> field)
    {
        while (true)
        {
            var lf = field.IndexOf((byte)'\n');
            if (lf < 0)
            {
                output.Write(field);
                return;
            }

            output.Write(lf > 0 && field[lf - 1] == '\r' ? field[..(lf - 1)] : field[..lf]);
            output.Write("\r\n"u8);
            field = field[(lf + 1)..];
        }
    }

    private static void AppendRelaxed(IBufferWriter<byte> output, ReadOnlySpan<byte> field)
    {
        var colon = field.IndexOf((byte)':');
        var name = field[..colon].TrimEnd(" \t"u8);
        var canonical = output.GetSpan(field.Length + 1);
        Ascii.ToLower(name, canonical, out var written);
        canonical[written++] = (byte)':';
        written += Unfold(field[(colon + 1)..], canonical[written..]);
        output.Advance(written);
    }

    /// <summary>Takes line ends out, makes white space one space, none at start and end.</summary>
    private static int Unfold(ReadOnlySpan<byte> value, Span<byte> canonical)
    {
        var written = 0;
        var space = false;
        for (var i = 0; i < value.Length; i++)
        {
            var octet = value[i];
            if (octet is (byte)' ' or (byte)'\t')
            {
                space = written > 0;
                continue;
            }

            if (octet == '\n' || (octet == '\r' && i + 1 < value.Length && value[i + 1] == '\n'))
                continue;
            if (space)
                canonical[written++] = (byte)' ';
            space = false;
            canonical[written++] = octet;
        }

        return written;
    }
}
