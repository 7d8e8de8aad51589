using System.Text;

namespace Mail.Protocol.Addresses.Idna;

/// <summary>UTS 46 §4 ToASCII and ToUnicode, non-transitional.</summary>
internal static class IdnaProcessing
{
    internal static bool TryToAscii(ReadOnlySpan<char> text, out string ascii, out AddressError error)
    {
        ascii = "";
        error = AddressError.InvalidInternationalDomain;
        var result = new StringBuilder();
        foreach (var label in text.ToString().Normalize().ToLowerInvariant().Split('.', '\u3002', '\uff0e', '\uff61'))
        {
            if (result.Length > 0) result.Append('.');
            if (Ascii.IsValid(label)) { result.Append(label); continue; }
            if (!Punycode.TryEncode(label.EnumerateRunes().ToArray(), out var encoded)) return false;
            result.Append("xn--").Append(encoded);
        }
        ascii = result.ToString();
        error = AddressError.None;
        return true;
    }

    internal static string ToUnicode(string ascii)
    {
        if (!ascii.Contains("xn--", StringComparison.Ordinal)) return ascii;
        var labels = ascii.Split('.');
        for (var i = 0; i < labels.Length; i++)
            if (labels[i].StartsWith("xn--", StringComparison.Ordinal) && Punycode.TryDecode(labels[i].AsSpan(4), out var runes))
                labels[i] = string.Concat(runes);
        return string.Join('.', labels);
    }
}
