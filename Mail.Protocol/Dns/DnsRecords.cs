namespace Mail.Protocol.Dns;

/// <summary>A mail exchange (RFC 1035 §3.3.9).</summary>
/// <param name="Preference">Lower is tried first.</param>
/// <param name="Exchange">Host name without trailing dot; the empty string for the root, which is the null MX (RFC 7505 §3).</param>
public sealed record MxRecord(ushort Preference, string Exchange);

/// <summary>A TLSA record (RFC 6698 §2.1). The numbers are kept as sent: unknown ones make the record unusable, not the answer.</summary>
/// <param name="Usage">Certificate usage: 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE.</param>
/// <param name="Selector">0 whole certificate, 1 SubjectPublicKeyInfo.</param>
/// <param name="MatchingType">0 exact, 1 SHA-256, 2 SHA-512.</param>
/// <param name="Data">Certificate association data.</param>
public sealed record TlsaRecord(byte Usage, byte Selector, byte MatchingType, ReadOnlyMemory<byte> Data);

/// <summary>A certification authority authorization (RFC 8659 §4).</summary>
/// <param name="Flags">Bit 0 (value 128) is the issuer critical flag.</param>
/// <param name="Tag">Property tag in lower case: <c>issue</c>, <c>issuewild</c>, <c>iodef</c>, …</param>
/// <param name="Value">Property value, one character per octet.</param>
public sealed record CaaRecord(byte Flags, string Tag, string Value);
