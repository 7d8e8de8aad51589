using System.Net;
using System.Net.Sockets;

namespace Mail.Protocol.Addresses;

/// <summary>Address literals: <c>[192.0.2.1]</c>, <c>[IPv6:2001:db8::1]</c> (RFC 5321 §4.1.3).</summary>
internal static class AddressLiteral
{
    private const string IPv6Tag = "IPv6:";

    internal static bool TryNormalize(ReadOnlySpan<char> text, out string literal)
    {
        literal = "";
        if (text.Length is < 3 or > 60 || text[0] != '[' || text[^1] != ']') return false;
        var content = text[1..^1];
        if (content.StartsWith(IPv6Tag, StringComparison.OrdinalIgnoreCase))
        {
            var address = content[IPv6Tag.Length..];
            if (address.ContainsAny("%[]/ ") || !IPAddress.TryParse(address, out var v6) || v6.AddressFamily != AddressFamily.InterNetworkV6) return false;
            literal = $"[{IPv6Tag}{v6}]";
            return true;
        }
        if (!TryParseIPv4(content)) return false;
        literal = text.ToString();
        return true;
    }

    /// <summary>Four decimal octets; <see cref="IPAddress"/> would also take <c>1.2</c> and <c>0x7f.1</c>.</summary>
    private static bool TryParseIPv4(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var range in text.Split('.'))
        {
            var octet = text[range];
            if (++count > 4 || octet.Length is 0 or > 3 || octet.ContainsAnyExceptInRange('0', '9') || int.Parse(octet) > 255) return false;
        }
        return count == 4;
    }
}
