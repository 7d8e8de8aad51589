using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Mail.Protocol.Addresses;

/// <summary>
/// A mailbox address, <c>local-part@domain</c>. An instance never holds CR, LF, NUL or another control character,
/// so <see cref="Address"/> can be put into an envelope or a header as it is.
/// </summary>
/// <remarks>RFC 5321 §4.1.2 Mailbox, with RFC 6531 §3.3 for characters outside ASCII.</remarks>
public sealed class EmailAddress : IEquatable<EmailAddress>
{
    /// <summary>The longest address in octets: a path of 256 without its brackets (RFC 5321 §4.5.3.1.3).</summary>
    public const int MaxOctets = 254;

    private readonly DomainName _domain;

    internal EmailAddress(string localPart, DomainName domain, bool isStrict)
    {
        LocalPart = localPart;
        _domain = domain;
        IsStrict = isStrict;
        IsAscii = Ascii.IsValid(localPart);
        Address = string.Concat(LocalPartSyntax.Write(localPart), "@", domain.Ascii);
    }

    /// <summary>The local part as it is meant: without quotes and escapes.</summary>
    public string LocalPart { get; }

    /// <summary>The domain as it was written, or an address literal with its brackets.</summary>
    public string Domain => _domain.Text;

    /// <summary>The domain in lower-case A-labels: what DNS is asked and the wire carries.</summary>
    public string AsciiDomain => _domain.Ascii;

    /// <summary>The domain in lower-case U-labels: what people read.</summary>
    public string UnicodeDomain => _domain.Unicode;

    /// <summary>True for <c>user@[192.0.2.1]</c>.</summary>
    public bool IsAddressLiteral => _domain.IsAddressLiteral;

    /// <summary>True when the local part is ASCII; the domain can always be written in ASCII.</summary>
    public bool IsAscii { get; }

    /// <summary>True when no server without SMTPUTF8 can be given this address (RFC 6531 §3.2).</summary>
    public bool NeedsSmtpUtf8 => !IsAscii;

    /// <summary>
    /// False for an address that was found in a header and breaks a length or a rule of RFC 5321 (<c>a..b@example.com</c>).
    /// What <see cref="TryParse(ReadOnlySpan{char}, out EmailAddress?, out AddressError)"/> answers is always strict.
    /// </summary>
    public bool IsStrict { get; }

    /// <summary>The address as the wire and headers carry it: local part quoted if it must be, domain in A-labels.</summary>
    public string Address { get; }

    /// <summary>The address as people read it, with the domain in U-labels.</summary>
    public string UnicodeAddress => string.Concat(LocalPartSyntax.Write(LocalPart), "@", UnicodeDomain);

    /// <summary>
    /// The form under which suppressions and other per-address records are kept: lower-cased, in Unicode normal form C, domain in A-labels.
    /// Two addresses that are the same mailbox everywhere in practice have the same normal form.
    /// </summary>
    public string NormalForm => string.Concat(LocalPartSyntax.Write(Idna.Normalization.Fold(LocalPart)), "@", AsciiDomain);

    /// <summary>Parses an address as an envelope carries it: no brackets, no comments, no white space around it.</summary>
    /// <param name="text">The whole address.</param>
    /// <param name="address">The address, when the answer is true.</param>
    /// <param name="error">Why not, when the answer is false.</param>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out EmailAddress? address, out AddressError error)
    {
        address = null;
        if (!LocalPartSyntax.TrySplit(text, out var localPart, out var domainText, out error))
            return false;
        if (!DomainName.TryParseMailDomain(domainText, out var domain, out error))
            return false;
        var candidate = new EmailAddress(localPart, domain, isStrict: true);
        if (Encoding.UTF8.GetByteCount(candidate.Address) > MaxOctets)
        {
            error = AddressError.TooLong;
            return false;
        }
        address = candidate;
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out EmailAddress?, out AddressError)"/>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EmailAddress? address, out AddressError error) =>
        TryParse(text.AsSpan(), out address, out error);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out EmailAddress?, out AddressError)"/>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EmailAddress? address) => TryParse(text.AsSpan(), out address, out _);

    /// <summary>Parses octets as a command carries them; anything but well-formed UTF-8 is refused (RFC 6531 §3.3).</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out EmailAddress? address, out AddressError error)
    {
        address = null;
        error = AddressError.TooLong;
        if (utf8.Length > 4 * MaxOctets) return false;
        error = AddressError.ForbiddenCharacter;
        return System.Text.Unicode.Utf8.IsValid(utf8) && TryParse(Encoding.UTF8.GetString(utf8).AsSpan(), out address, out error);
    }

    /// <summary>For text that is known to be an address: constants, columns of our own tables.</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static EmailAddress Parse(string text) =>
        TryParse(text, out var address, out var error) ? address : throw new FormatException($"Not an e-mail address: {error}.");

    /// <summary>Equal when local parts are the same octets and domains are the same name.</summary>
    public bool Equals(EmailAddress? other) => other is not null && Address == other.Address;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EmailAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => Address.GetHashCode(StringComparison.Ordinal);

    /// <summary>Same as <see cref="Address"/>.</summary>
    public override string ToString() => Address;
}
