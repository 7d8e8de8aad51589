using System.Diagnostics.CodeAnalysis;

namespace Mail.Protocol.Addresses;

/// <summary>A host or mail domain in its three forms: as written, A-labels, U-labels.</summary>
/// <remarks>RFC 5321 §2.3.5, RFC 5890 §2.3; mapping and validity by UTS 46 (non-transitional).</remarks>
public sealed class DomainName : IEquatable<DomainName>
{
    private const int MaxOctets = 253; // RFC 1035 §2.3.4: 255 on the wire, less the root and the first length octet
    private const int MaxLabelOctets = 63; // RFC 1035 §2.3.4

    private string? _unicode;

    private DomainName(string text, string ascii, bool isAddressLiteral = false)
    {
        Text = text;
        Ascii = ascii;
        IsAddressLiteral = isAddressLiteral;
    }

    /// <summary>The name as it was written.</summary>
    public string Text { get; }

    /// <summary>Lower-case A-labels, without a trailing dot.</summary>
    public string Ascii { get; }

    /// <summary>Lower-case U-labels; a label that does not decode stays as it is.</summary>
    public string Unicode => _unicode ??= IsAddressLiteral ? Ascii : Idna.IdnaProcessing.ToUnicode(Ascii);

    /// <summary>True for <c>[192.0.2.1]</c> and <c>[IPv6:…]</c>, which only addresses have.</summary>
    public bool IsAddressLiteral { get; }

    /// <summary>Parses a host name; address literals and trailing dots are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out DomainName? domain, out AddressError error)
    {
        domain = null;
        error = text.IsEmpty ? AddressError.EmptyDomain : text.Length > 2 * MaxOctets ? AddressError.DomainTooLong : AddressError.None;
        if (error != AddressError.None) return false;
        string ascii;
        if (System.Text.Ascii.IsValid(text) && !text.Contains("xn--", StringComparison.OrdinalIgnoreCase))
            ascii = ToLowerAscii(text);
        else if (!Idna.IdnaProcessing.TryToAscii(text, out ascii, out error))
            return false;
        error = CheckLabels(ascii, allowUnderscore: false);
        if (error == AddressError.None) domain = new DomainName(text.ToString(), ascii);
        return domain is not null;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out DomainName?, out AddressError)"/>
    public static bool TryParse(string? text, [NotNullWhen(true)] out DomainName? domain) => TryParse(text.AsSpan(), out domain, out _);

    /// <summary>The domain of an address: a name or an address literal (RFC 5321 §4.1.2).</summary>
    internal static bool TryParseMailDomain(ReadOnlySpan<char> text, [NotNullWhen(true)] out DomainName? domain, out AddressError error)
    {
        if (text.IsEmpty || text[0] != '[') return TryParse(text, out domain, out error);
        error = AddressLiteral.TryNormalize(text, out var literal) ? AddressError.None : AddressError.InvalidAddressLiteral;
        domain = error == AddressError.None ? new DomainName(text.ToString(), literal, isAddressLiteral: true) : null;
        return domain is not null;
    }

    /// <summary>What headers in the wild have: underscores, overlong labels. ASCII without specials is enough here.</summary>
    internal static bool TryReadLenient(ReadOnlySpan<char> text, [NotNullWhen(true)] out DomainName? domain)
    {
        text = text.TrimEnd('.');
        if (TryParseMailDomain(text, out domain, out _)) return true;
        if (text.IsEmpty || text.Length > MaxOctets || !System.Text.Ascii.IsValid(text)) return false;
        foreach (var c in text)
            if (c != '.' && !LocalPartSyntax.IsAtext(c)) return false;
        domain = new DomainName(text.ToString(), ToLowerAscii(text));
        return true;
    }

    private static string ToLowerAscii(ReadOnlySpan<char> text) =>
        string.Create(text.Length, text, static (span, source) => System.Text.Ascii.ToLower(source, span, out _));

    private static AddressError CheckLabels(ReadOnlySpan<char> ascii, bool allowUnderscore)
    {
        if (ascii.IsEmpty) return AddressError.EmptyDomain;
        if (ascii.Length > MaxOctets) return AddressError.DomainTooLong;
        foreach (var range in ascii.Split('.'))
        {
            var label = ascii[range];
            if (label.Length > MaxLabelOctets) return AddressError.LabelTooLong;
            if (label.IsEmpty || label[0] == '-' || label[^1] == '-') return AddressError.InvalidDomain;
            foreach (var c in label)
                if (!char.IsAsciiLetterOrDigit(c) && c != '-' && !(allowUnderscore && c == '_')) return AddressError.InvalidDomain;
        }
        return AddressError.None;
    }

    /// <inheritdoc/>
    public bool Equals(DomainName? other) => other is not null && Ascii == other.Ascii;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DomainName);

    /// <inheritdoc/>
    public override int GetHashCode() => Ascii.GetHashCode(StringComparison.Ordinal);

    /// <summary>Same as <see cref="Ascii"/>.</summary>
    public override string ToString() => Ascii;
}
