namespace Mail.Protocol.Addresses;

/// <summary>Why a text is not an address. <see cref="None"/> means it is one.</summary>
public enum AddressError
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>Nothing to parse.</summary>
    Empty,
    /// <summary>A control character, CR, LF, NUL or an unpaired surrogate.</summary>
    ForbiddenCharacter,
    /// <summary>Longer than 254 octets (RFC 5321 §4.5.3.1.3, less the angle brackets).</summary>
    TooLong,
    /// <summary>No <c>@</c> between local part and domain.</summary>
    MissingAt,
    /// <summary>Nothing before the <c>@</c>.</summary>
    EmptyLocalPart,
    /// <summary>A local part of more than 64 octets (RFC 5321 §4.5.3.1.1).</summary>
    LocalPartTooLong,
    /// <summary>Neither a Dot-string nor a Quoted-string.</summary>
    InvalidLocalPart,
    /// <summary>A quoted string that does not end, or has something behind its end.</summary>
    UnbalancedQuote,
    /// <summary>Nothing behind the <c>@</c>.</summary>
    EmptyDomain,
    /// <summary>A domain of more than 253 octets in A-labels.</summary>
    DomainTooLong,
    /// <summary>A label of more than 63 octets.</summary>
    LabelTooLong,
    /// <summary>A label that is empty, starts or ends with a hyphen, or has a character no host name may have.</summary>
    InvalidDomain,
    /// <summary>A label that UTS 46 does not allow.</summary>
    InvalidInternationalDomain,
    /// <summary><c>[…]</c> that is no address literal of RFC 5321 §4.1.3.</summary>
    InvalidAddressLiteral,
    /// <summary>A path without its angle brackets, or with a broken source route.</summary>
    InvalidPath,
    /// <summary>Text where a mailbox should be, such as two addresses instead of one.</summary>
    NotOneMailbox,
}
