using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Protocol.Spf;

/// <summary>What the macros of one check stand for (RFC 7208 §7.2).</summary>
/// <param name="Address">The client's.</param>
/// <param name="LocalPart">Of the sender.</param>
/// <param name="SenderDomain">Of the sender.</param>
/// <param name="Helo">As the client gave it.</param>
/// <param name="Options">Name of the receiver and clock.</param>
internal sealed record SpfMacroValues(IPAddress Address, string LocalPart, string SenderDomain, string Helo, SpfOptions Options)
{
    /// <summary>Dotted address: <c>192.0.2.1</c>, or 32 nibbles with dots, in upper case as the SPF test suite has them.</summary>
    public string DottedAddress { get; } = Dotted(Address);

    private static string Dotted(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.ToString()
        : string.Join('.', Convert.ToHexString(address.GetAddressBytes()).ToCharArray());
}

/// <summary>Puts values in for macros (RFC 7208 §7.3).</summary>
internal static class SpfMacroExpander
{
    private const int MaxNameLength = 253;
    // A record full of macros must not blow up: a text beyond this has no use.
    private const int MaxLength = 8192;
    // Nor may many macros over a long value that each keep little of it: characters of values looked at.
    private const int MaxWork = 32 * 1024;

    /// <summary>The name a domain-spec stands for; null when it stands for none.</summary>
    public static string? ExpandDomain(SpfMacroString spec, SpfMacroValues values, string domain, string validatedName)
    {
        // RFC 8616 §4: a local part beyond ASCII cannot be part of a name, so such terms match nothing.
        if (spec.UsesLocalPart && !Ascii.IsValid(values.LocalPart))
            return null;
        var name = Expand(spec, values, domain, validatedName);
        if (name is null)
            return null;
        // RFC 7208 §7.3: over-long names lose labels from the left.
        name = name.EndsWith('.') ? name[..^1] : name;
        if (name.Length > MaxNameLength && name.IndexOf('.', name.Length - MaxNameLength - 1) is var dot and >= 0)
            name = name[(dot + 1)..];
        return name.Replace("\\", "\\\\", StringComparison.Ordinal);
    }

    /// <summary>The text with all macros replaced; null when it grows beyond use.</summary>
    public static string? Expand(SpfMacroString text, SpfMacroValues values, string domain, string validatedName)
    {
        var expanded = new StringBuilder();
        var work = 0;
        foreach (var part in text.Parts)
        {
            var value = part.Letter == '\0' ? part.Text : ValueOf(part.Letter, values, domain, validatedName);
            work += value.Length;
            if (work > MaxWork)
                return null;
            expanded.Append(part.Letter == '\0' ? value : Transform(part, value));
            if (expanded.Length > MaxLength)
                return null;
        }
        return expanded.ToString();
    }

    private static string ValueOf(char letter, SpfMacroValues values, string domain, string validatedName) => letter switch
    {
        's' => $"{values.LocalPart}@{values.SenderDomain}",
        'l' => values.LocalPart,
        'o' => values.SenderDomain,
        'd' => domain,
        'i' => values.DottedAddress,
        'p' => validatedName,
        'v' => values.Address.AddressFamily == AddressFamily.InterNetwork ? "in-addr" : "ip6",
        'h' => values.Helo,
        'c' => values.Address.ToString(),
        'r' => values.Options.ReceivingHost,
        't' => values.Options.TimeProvider.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(letter)),
    };

    private static string Transform(SpfMacroPart macro, string value)
    {
        if (macro.Keep > 0 || macro.Reversed || macro.Delimiters.Length > 0)
        {
            var parts = value.Split(macro.Delimiters.Length > 0 ? macro.Delimiters.ToCharArray() : ['.']);
            if (macro.Reversed)
                Array.Reverse(parts);
            value = string.Join('.', macro.Keep > 0 && macro.Keep < parts.Length ? parts[^macro.Keep..] : parts);
        }
        // RFC 7208 §7.3: upper-case letters ask for the escapes of RFC 3986.
        return macro.UrlEscaped ? Uri.EscapeDataString(value) : value;
    }
}
