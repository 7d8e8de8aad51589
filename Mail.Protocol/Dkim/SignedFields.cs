using System.Buffers;
using System.Text;

namespace Mail.Protocol.Dkim;

/// <summary>Chooses the fields to sign and writes them in canonical form, the last of each name first (RFC 6376 §5.4.2).</summary>
internal sealed class SignedFields(DkimSignerOptions options)
{
    private const int LineLength = 76;

    private readonly (string Name, byte[] Octets, bool Over)[] _names = Names(options);

    /// <summary>Appends the canonical fields and returns the value of <c>h=</c>, folded.</summary>
    public string Append(IBufferWriter<byte> signed, RawHeader header)
    {
        var list = new StringBuilder(256);
        var column = "\th=".Length;
        foreach (var (name, octets, over) in _names)
        {
            for (var i = header.Fields.Count - 1; i >= 0; i--)
            {
                if (!header.Is(header.Fields[i], octets))
                    continue;
                HeaderCanonicalizer.Append(signed, header.Raw(header.Fields[i]), options.Header);
                column = AddName(list, name, column);
            }

            if (over)
                column = AddName(list, name, column);
        }

        return list.ToString();
    }

    private static (string, byte[], bool)[] Names(DkimSignerOptions options)
    {
        // RFC 6376 §5.4: From MUST be signed.
        var over = options.OverSigned.Prepend("From").Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var once = options.SignedWhenPresent.Except(over, StringComparer.OrdinalIgnoreCase);
        return [.. over.Select(name => Entry(name, true)), .. once.Select(name => Entry(name, false))];
    }

    private static (string, byte[], bool) Entry(string name, bool over) =>
        name.Length is > 0 and <= 64 && name.All(c => c is > ' ' and <= '~' and not (':' or ';'))
            ? (name, Encoding.ASCII.GetBytes(name), over)
            : throw new ArgumentException($"'{name}' is no field name.", nameof(name));

    private static int AddName(StringBuilder list, string name, int column)
    {
        if (list.Length > 0)
        {
            list.Append(':');
            column++;
        }

        if (column + name.Length > LineLength)
        {
            list.Append("\r\n\t ");
            column = 2;
        }

        list.Append(name);
        return column + name.Length;
    }
}
